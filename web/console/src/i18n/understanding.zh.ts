/* 研判：消息旁的说明与更正，设置里的各页。与 understanding.en.ts 逐条对应。 */
export const judged = {
  title: '研判', flags: '判断', found: '提到', why: '依据', confidence: '对类别的把握', probability: '可能性 {n}', strength: '情感强度 {n}（-100 到 100）',
  showMarks: '标出词语', hideMarks: '不标词语', showInText: '在原文中标出这些词', for: '支持', against: '反对', noReason: '没有特别起作用的词',
  copied: '已复制{what}', copyEntity: '点击复制{what}', copyPersonal: '{what}是个人信息，屏幕上部分隐藏。点击复制', look: '看研判依据', lookAt: '研判为“{value}”，看依据',
  correctWhat: '{what}：{value}。点击更正', corrected: '已更正：{what}改为“{value}”', confirmed: '已确认：{what}是“{value}”', by: '{name}已更正 · {time}', withdraw: '撤回更正', withdrawn: '已撤回更正，恢复系统研判',
  model: '研判所用的词典与模型版本：{name}', modelShort: '版本 {name}',
}
export const understanding = {
  title: '研判', text: '系统怎样读懂消息：规则、模型、权重，都可以教', tabs: '研判设置',
  tab: { rules: '规则', try: '试一试', models: '模型', teach: '教学', weights: '权重', topics: '子类别', things: '产品与订单号' },
  unsaved: '有尚未保存的修改', discard: '放弃修改', leaveTitle: '放弃尚未保存的修改？', leaveText: '这里的修改还没有保存。', leaveYes: '放弃',
  try: { title: '试一段文字', text: '写一段话，看系统怎样研判。这里的内容不会保存。', field: '文字', sample: '等了三周，退款还没到账，客服电话永远占线。订单 2026102417，再不处理我就卸载了！', facts: '当时的情况', kind: '来自', public: '公开可见', followers: '粉丝数', verified: '认证', notVerified: '未认证', reposts: '转发数', age: '发布了多少分钟', relation: '关系', unknown: '未知', waiting: '等了多少分钟', result: '研判结果', busy: '研判中…', empty: '先写一段文字', inText: '原文' },
  weights: { title: '重要度权重', text: '重要度是各项得分之和，最多 100。这里定每一项最多给多少分。', category: '类别', urgency: '紧急程度', feeling: '情感', influence: '影响力', relation: '关系', spread: '传播', gravity: '严重性', other: '其他', of: { sentiment: '最强烈的负面', followers: '一百万粉丝', verified_person: '认证个人', verified_organisation: '认证机构', verified_media: '认证媒体', verified_government: '政务账号', relation_regular: '常客', relation_loyal: '忠实客户', relation_at_risk: '危险客户', spread: '转发一千次，或每分钟一百次', gravity: '最严重的词（伤亡、食品安全等）', churn: '肯定要流失', waiting: '已等八小时' }, points: '“{name}”的分值', example: '按新的权重，这条消息会得多少分', exampleText: '百万粉丝的认证个人公开投诉，十分气愤，每分钟转发 40 次，要求一小时内答复，已等 30 分钟。', shipped: '出厂 {n}', reset: '恢复出厂权重', resetTitle: '恢复出厂权重？', resetText: '所有分值回到出厂设置。已经研判的消息不变。', resetDone: '已恢复出厂权重', saved: '权重已保存，新消息按新的权重计算', capped: '合计 {n}，按 100 计' },
  topics: { title: '子类别', text: '在八大类下面，按您的业务再分。坐席更正时可以选，模型从更正中学会。', add: '添加子类别', addTo: '在“{name}”下添加', zh: '中文名', en: '英文名', key: '标识', keyHelp: '模型记住的名字，添加后不能改；可以留空', parent: '所属大类', examples: '{n} 条例子', off: '已停用', turnOff: '停用', turnOn: '启用', saved: '子类别已保存', added: '子类别已添加', removeTitle: '删除子类别“{name}”？', removeText: '没有消息用过它，可以删除。', removed: '子类别已删除', inUse: '已有消息用它，只能停用', none: '还没有子类别' },
  things: { title: '产品与订单号', products: '产品', productsText: '消息里提到这些名字（或别名、相近的写法）时，会标为产品。', name: '名称', aliases: '别名', aliasesHelp: '用顿号或逗号分开', addProduct: '添加产品', findProduct: '查找产品', noProducts: '还没有产品', orders: '订单号的样子', ordersText: '# 代表一个数字，? 代表一个字母，* 代表数字或字母，其他字符照写。', addOrder: '添加样式', noOrders: '没有样式，只按常见的写法识别', order: '订单号样式', sample: '试一个订单号', fits: '符合', fitsNot: '不符合任何样式', saved: '已保存，新消息按此识别', more: '还有 {n} 个，请查找' },
}
