#include "channels/weibo.h"

#include "base/clock.h"
#include "channels/kit.h"

#include <string.h>

static const struct channel_setting_kind SETTINGS[] = {
    {.key = "app_secret",
     .required = true,
     .secret = true,
     .label = {"App Secret", "App Secret"},
     .help = {"开放平台应用的 App Secret，用来验证推送签名。",
              "Of the app on Weibo's open platform; pushes are checked with it."}},
    {.key = "uid",
     .label = {"账号 UID", "Account UID"},
     .help = {"品牌微博账号的数字 UID，用来认出自己发的内容。建议填写。",
              "The numeric UID of the brand's account, to tell our own posts apart. Recommended."}},
    {.key = "access_token",
     .secret = true,
     .label = {"Access Token", "Access token"},
     .help = {"OAuth2 授权得到的令牌，用于轮询和发评论；留空则只接收推送。",
              "From the OAuth2 authorisation, for polling and commenting; without it only pushes come in."}},
    {.key = "message_token",
     .secret = true,
     .label = {"粉丝服务令牌", "Fan service token"},
     .help = {"粉丝服务开发者模式页面上的令牌，用于回复私信；留空则用 Access Token。",
              "Shown in the fan service's developer mode, for private replies; the access token when empty."}},
    {.key = "poll_interval_s",
     .fallback = "300",
     .label = {"轮询间隔（秒）", "Polling interval (seconds)"},
     .help = {"官方建议 3–5 分钟；若应用每天只有 100 次额度，请设为 2700 以上。",
              "Weibo advises 3 to 5 minutes; with a quota of 100 requests a day use 2700 or more."}},
    {.key = "send_interval_ms",
     .fallback = "1000",
     .label = {"发送间隔（毫秒）", "Pause between two sends (milliseconds)"},
     .help = {"同一账号两次发送之间至少隔多久；0 表示不限。",
              "The least time between two sends of this account; 0 = none."}},
    {.key = "commercial",
     .fallback = "no",
     .label = {"使用商业接口", "Commercial interface"},
     .help = {"yes：提及列表、回复评论和私信走商业接口地址。",
              "yes: mentions, comment replies and private replies use the commercial host."}},
    {.key = "public_limit",
     .fallback = "140",
     .label = {"评论字数上限", "Length of a comment"},
     .help = {"按汉字计。", "In Chinese characters."}},
    {.key = "private_limit",
     .fallback = "300",
     .label = {"私信字数上限", "Length of a private message"},
     .help = {"按汉字计。", "In Chinese characters."}},
    {.key = "window_h",
     .fallback = "48",
     .label = {"私信回复时限（小时）", "Private reply window (hours)"},
     .help = {"从客户最后一次来信算起。", "From the customer's last message."}},
    {.key = "settle_s",
     .fallback = "180",
     .label = {"核对等待（秒）", "Settling time (seconds)"},
     .help = {"评论可能一两分钟后才可见；这段时间内查不到不算没发出。",
              "A comment may show only after a minute or two; until then not finding it proves nothing."}},
    {.key = "tolerance_s",
     .fallback = "300",
     .label = {"时间戳容差（秒）", "Time stamp tolerance (seconds)"},
     .help = {"推送的 timestamp 与本机时钟相差超过它就拒绝；0 表示不检查。",
              "A push whose timestamp is further from our clock is refused; 0 = not checked."}},
    {.key = "fallback_ip",
     .label = {"备用 IP", "Fallback IP"},
     .help = {"发评论必须带操作者公网 IP；坐席地址未知或是内网时用它。",
              "Comments must carry the acting person's public IP; used when the agent's is unknown or private."}},
    {.key = "api_url",
     .fallback = "https://api.weibo.com",
     .label = {"开放接口地址", "Open interface"},
     .help = {"一般不用改。", "Rarely changed."}},
    {.key = "message_url",
     .fallback = "https://m.api.weibo.com",
     .label = {"粉丝服务接口地址", "Fan service interface"},
     .help = {"一般不用改。", "Rarely changed."}},
    {.key = "commercial_url",
     .fallback = "https://c.api.weibo.com",
     .label = {"商业接口地址", "Commercial interface address"},
     .help = {"一般不用改。", "Rarely changed."}},
    {.key = "media_url",
     .fallback = "https://upload.api.weibo.com/2/mss/msget",
     .label = {"文件下载地址", "File download"},
     .help = {"私信里图片和语音的下载地址。", "Where pictures and voice of private messages are fetched."}},
    {.key = "web_url",
     .fallback = "https://m.weibo.cn",
     .label = {"网页地址", "Web pages"},
     .help = {"用来生成原帖链接。", "For links to posts and people."}},
    {.key = NULL},
};

static bool check_settings(const struct channel_account *account, GError **error)
{
    static const char *const URLS[] = {"api_url", "message_url", "commercial_url", "media_url", "web_url"};
    const char *ip = channel_setting(account, "fallback_ip");
    for (gsize i = 0; i < G_N_ELEMENTS(URLS); i++)
        if (!kit_check_url(account, URLS[i], error))
            return false;
    if (*ip != '\0' && !g_hostname_is_ip_address(ip)) {
        error_set(error, HY_ERROR_BAD_VALUE, "fallback_ip", "fallback_ip is not an IP address");
        return false;
    }
    return kit_check_id(account, "uid", error) && kit_check_yes_no(account, "commercial", error) &&
           kit_check_range(account, "poll_interval_s", 1, 86400, error) &&
           kit_check_range(account, "public_limit", 1, 10000, error) &&
           kit_check_range(account, "private_limit", 1, 10000, error) &&
           kit_check_range(account, "window_h", 1, 24 * 365, error) &&
           kit_check_range(account, "send_interval_ms", 0, 3600000, error) &&
           kit_check_range(account, "settle_s", 0, 3600, error) &&
           kit_check_range(account, "tolerance_s", 0, 86400, error);
}

char *weibo_url(const struct channel_account *account, enum weibo_host host, const char *path)
{
    static const char *const KEYS[] = {"api_url", "message_url", "commercial_url"};
    const char *base = channel_setting(account, KEYS[host]);
    size_t length = strlen(base);
    while (length > 0 && base[length - 1] == '/')
        length--;
    return g_strdup_printf("%.*s/2/%s.json", (int)length, base, path);
}

bool weibo_is_commercial(const struct channel_account *account)
{
    return kit_setting_yes(account, "commercial");
}

bool weibo_authorize(const struct channel_account *account, struct channel_request *request, GError **error)
{
    const char *token = channel_setting(account, "access_token");
    if (*token == '\0') {
        error_set(error, HY_ERROR_MISSING, "access_token", "no access_token is set");
        return false;
    }
    g_autofree char *value = g_strconcat("OAuth2 ", token, NULL);
    kit_header(request, "Authorization", value);
    return true;
}

/* ---- length ---- */

/* The platform counted bytes of GBK in halves, and later perhaps plain code points: what passes both passes. */
struct channel_length weibo_measure(const struct channel_account *account, enum channel_visibility visibility,
                                    const char *text)
{
    int64_t bytes = 0, points = 0;
    for (const char *at = text; *at; at = g_utf8_next_char(at), points++) {
        gunichar point = g_utf8_get_char(at);
        bytes += point < 0x80 ? 1 : point < 0x10000 ? 2 : 4;
    }
    const char *key = visibility == CHANNEL_PUBLIC ? "public_limit" : "private_limit";
    return (struct channel_length){.used = (int)MAX((bytes + 1) / 2, points),
                                   .limit = (int)kit_setting_i64(account, key)};
}

/* ---- time ---- */

static bool read_number(const char **at, int digits, int *value)
{
    *value = 0;
    for (int i = 0; i < digits; i++) {
        if (!g_ascii_isdigit((*at)[i]))
            return false;
        *value = *value * 10 + ((*at)[i] - '0');
    }
    *at += digits;
    return true;
}

/* One of the three-letter English names; its place in *value. */
static bool read_name(const char **at, const char *names, int *value)
{
    for (int i = 0; names[i * 3] != '\0'; i++) {
        if (strncmp(*at, names + i * 3, 3) == 0) {
            *value = i;
            *at += 3;
            return true;
        }
    }
    return false;
}

static bool skip(const char **at, char wanted)
{
    bool there = **at == wanted;
    *at += there;
    return there;
}

bool weibo_parse_time(const char *text, int64_t *ms)
{
    int weekday, month, day, hour, minute, second, zone_hour, zone_minute, year;
    const char *at = text;
    if (!read_name(&at, "SunMonTueWedThuFriSat", &weekday) || !skip(&at, ' ') ||
        !read_name(&at, "JanFebMarAprMayJunJulAugSepOctNovDec", &month) || !skip(&at, ' ') ||
        !read_number(&at, 2, &day) || !skip(&at, ' ') || !read_number(&at, 2, &hour) || !skip(&at, ':') ||
        !read_number(&at, 2, &minute) || !skip(&at, ':') || !read_number(&at, 2, &second) || !skip(&at, ' '))
        return false;
    int sign = *at == '-' ? -1 : 1;
    if ((!skip(&at, '+') && !skip(&at, '-')) || !read_number(&at, 2, &zone_hour) ||
        !read_number(&at, 2, &zone_minute) || !skip(&at, ' ') || !read_number(&at, 4, &year) || *at != '\0')
        return false;
    if (zone_hour > 14 || zone_minute > 59)
        return false;
    g_autoptr(GDateTime) time = g_date_time_new_utc(year, month + 1, day, hour, minute, MIN(second, 59));
    if (time == NULL || second > 60)
        return false;
    int64_t utc_s = g_date_time_to_unix(time) + (second == 60) - sign * (zone_hour * 60 + zone_minute) * 60;
    *ms = utc_s * 1000;
    return true;
}

/* ---- windows, probe ---- */

static int64_t window_ends_ms(const struct channel_account *account, const char *kind,
                              enum channel_visibility visibility, int64_t last_inbound_ms)
{
    (void)kind; /* a mention, too, may be answered privately for as long, though once only */
    return visibility == CHANNEL_PUBLIC ? INT64_MAX
                                        : last_inbound_ms + kit_setting_i64(account, "window_h") * CLOCK_HOUR_MS;
}

/* api.weibo.com/oauth2/get_token_info stands outside /2/. */
static bool probe_build(const struct channel_account *account, int64_t now_ms, struct channel_request *request,
                        GError **error)
{
    (void)now_ms;
    const char *token = channel_setting(account, "access_token");
    if (*token == '\0') {
        error_set(error, HY_ERROR_MISSING, "access_token", "no access_token is set, so there is nothing to test");
        return false;
    }
    GString *form = g_string_new(NULL);
    kit_form_add(form, "access_token", token);
    request->method = "POST";
    g_autofree char *base = g_strdup(channel_setting(account, "api_url"));
    while (g_str_has_suffix(base, "/"))
        base[strlen(base) - 1] = '\0';
    request->url = g_strconcat(base, "/oauth2/get_token_info", NULL);
    request->body = g_string_free_to_bytes(form);
    kit_header(request, "Content-Type", "application/x-www-form-urlencoded");
    return true;
}

static void probe_read(const struct channel_account *account, const struct channel_response *response,
                       struct channel_outcome *outcome)
{
    if (response->failure != CHANNEL_ANSWERED) {
        kit_outcome(outcome, CHANNEL_TRANSIENT, 0, NULL);
        return;
    }
    json_auto_t *answer = kit_parse(response->body, response->body_length, NULL);
    if (weibo_error_read(response, answer, 0, outcome))
        return;
    const json_t *left = json_object_get(answer, "expire_in");
    g_autofree char *left_text = left ? json_id_text(left) : NULL;
    g_autofree char *uid = json_id_text(json_object_get(answer, "uid"));
    const char *ours = channel_setting(account, "uid");
    if (left_text == NULL || uid == NULL)
        kit_outcome(outcome, CHANNEL_TRANSIENT, 0, NULL);
    else if (g_ascii_strtoll(left_text, NULL, 10) <= 0)
        kit_outcome(outcome, CHANNEL_AUTH_EXPIRED, 0, "expire_in");
    else if (*ours != '\0' && strcmp(ours, uid) != 0) /* the token is somebody else's */
        kit_outcome(outcome, CHANNEL_PERMISSION, 0, "uid");
    else
        kit_outcome(outcome, CHANNEL_OK, 0, NULL);
}

static int64_t send_interval_ms(const struct channel_account *account)
{
    return kit_setting_i64(account, "send_interval_ms");
}

const struct channel_kind WEIBO_KIND = {
    .kind = "weibo",
    .label = {"微博", "Weibo"},
    .capabilities = CHANNEL_CAN_READ_PUBLIC | CHANNEL_CAN_READ_PRIVATE | CHANNEL_CAN_REPLY_PUBLIC |
                    CHANNEL_CAN_REPLY_PRIVATE | CHANNEL_CAN_PUSH | CHANNEL_CAN_POLL,
    .settings = SETTINGS,
    .check_settings = check_settings,
    .receive = weibo_receive,
    .poll_build = weibo_poll_build,
    .poll_parse = weibo_poll_parse,
    .measure = weibo_measure,
    .counter = "weibo",
    .window_ends_ms = window_ends_ms,
    .send_build = weibo_send_build,
    .send_classify = weibo_send_classify,
    .reconcile_build = weibo_reconcile_build,
    .reconcile_read = weibo_reconcile_read,
    .probe_build = probe_build,
    .probe_read = probe_read,
    .send_interval_ms = send_interval_ms,
};
