/* limit.h - the caps on every size that a user or a network can influence.
 * Checked before allocation. Bytes unless the name says otherwise. */
#pragma once

#define LIMIT_BODY_DEFAULT (64 * 1024) /* an API request */
#define LIMIT_BODY_HOOK (1024 * 1024)  /* what a platform may push */
#define LIMIT_BODY_LOGIN (4 * 1024)
#define LIMIT_RAW_PAYLOAD (64 * 1024)  /* of a native payload kept with its message; the rest is cut */
#define LIMIT_MESSAGE_TEXT (64 * 1024) /* of an inbound message; the rest is cut with a mark */
#define LIMIT_REPLY_TEXT (16 * 1024)
#define LIMIT_NOTE_TEXT (16 * 1024)
#define LIMIT_NAME 200 /* names, titles, tags */
#define LIMIT_URL 2048
#define LIMIT_NATIVE_ID 512
#define LIMIT_PASSWORD 1024
#define LIMIT_PASSWORD_MIN 8
#define LIMIT_QUERY 400                      /* a search */
#define LIMIT_KEPT_ANSWERS (4 * 1024 * 1024) /* bytes of answers kept until something changes */
#define LIMIT_PAGE_DEFAULT 50                /* rows of a list */
#define LIMIT_PAGE_MAX 200
#define LIMIT_JSON_DEPTH 32
#define LIMIT_TAGS 50                    /* on one conversation */
#define LIMIT_MENTIONS 50                /* in one note */
#define LIMIT_MEDIA 20                   /* attachments named by one inbound message */
#define LIMIT_SETTINGS 64                /* of one channel */
#define LIMIT_RESPONSE (4 * 1024 * 1024) /* a platform's answer */
#define LIMIT_IDEMPOTENCY_KEY 255
#define LIMIT_WRITE_QUEUE 20000    /* jobs waiting for the store's writer */
#define LIMIT_BATCH_JOBS 200       /* jobs in one group commit */
#define LIMIT_RULES 10000          /* of the administrator about messages */
#define LIMIT_RULE_WORD 128        /* a word of a rule, folded */
#define LIMIT_RULE_WORDS 500       /* of one list of a rule */
#define LIMIT_RULE_ALL_WORDS 50000 /* of all rules together */
#define LIMIT_RULE_NEAR 20
#define LIMIT_RULE_DISTANCE 500
#define LIMIT_RULE_PATTERN 512
#define LIMIT_RULE_PATTERNS 1000         /* rules with one */
#define LIMIT_RULE_REPEAT 200            /* {n,m} in a pattern */
#define LIMIT_LABEL 200                  /* of a task of understanding */
#define LIMIT_LABELS 100                 /* of one task */
#define LIMIT_EXAMPLES 1000000           /* labelled texts to learn from at a time */
#define LIMIT_EXAMPLE_BYTES (256u << 20) /* … their bytes */
#define LIMIT_MODEL (256u << 20)         /* a model file */
