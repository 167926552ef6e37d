package escalation

import "strings"

// The lists are written as words are looked up: small letters, nothing between
// them. Longer ones stand before their parts where the order counts.

// threats are the words of people who are angry or announce consequences.
var threats = strings.Fields(`
投诉 投訴 举报 12315 12345热线 打12345 消协 消费者协会 工商局 工商所 找工商 市监局 市场监管 市监所 起诉 律师函 找律师 请律师 我的律师 打官司 法院见 上法院 去法院 法庭见
要报警 我报警 去报警 就报警 会报警 已报警 已经报警 报警处理 曝光你 去曝光 要曝光 网上曝光 找媒体 找记者 发抖音 发小红书
给差评 打差评 写差评 给你差评 给个差评 要差评 就差评 差评警告 差评伺候 等着差评 准备差评 一星差评 给一星 打一星 骗子 骗人 骗钱 被骗 欺骗 诈骗 欺诈 坑人 坑爹 坑钱 黑店 奸商 黑心 无良 假一赔 退一赔
垃圾 滚蛋 给我滚 你们滚 傻逼 傻b 煞笔 沙比 他妈的 真他妈 特么的 尼玛 草泥马 王八蛋 混蛋 畜生 脑残 神经病 去死吧 不要脸 脸都不要 要点脸 tmd nmsl cnm mlgb
太过分 过分了 欺人太甚 忍无可忍 气死 气炸 很火大 真火大 愤怒 恼火 受够了 店大欺客 走着瞧 跟你没完 跟你们没完 霸王条款 丧良心 没良心 缺德
scam scams scammer scammers scammed fraud fraudulent ripoff rippedoff lawsuit sueyou suing mylawyer attorney chargeback reportyou furious angry pissedoff disgusting bullshit fuck fucking wtf shit
liar liars thief thieves consumerprotection badreview negativereview onestar 1star
`)

// complaints are the words of people who are not content.
var complaints = strings.Fields(`
生气 失望 无语 差评 太差 很差 极差 差劲 太慢 好慢 慢死 受不了 着急 急死 急疯 等不及 等了半天 等半天 等了好久 等了很久 等好久 等了这么久 等了一天 等了几天 等了一个小时 等了半小时
没人理 没人回 没人管 没人接 没人处理 怎么没人 不理人 不理我 不回复 不回消息 不回我 不处理 不解决 爱理不理 敷衍 推脱 推卸 推诿 踢皮球 糊弄 忽悠 不负责 不作为 到底什么时候 到底发不发 到底退不退 到底能不能 到底还 到底要
烦死 好烦 很烦 太烦 心烦 闹心 郁闷 崩溃 恶心 糟糕 糟心 太烂 很烂 质量差 质量太差 假货 上当 很不满 表示不满 不满意 后悔买 后悔了 再也不 拉黑 退钱 还我钱 第几次了 多少次了 多少遍 几遍了 催了几次 催了好几 催过几次 催了多少 服了你 没有下文 石沉大海
disappointed disappointing frustrated frustrating upset terrible horrible awful ridiculous unacceptable useless annoyed annoying worst wasteoftime wasteofmoney fedup stillwaiting beenwaiting nooneanswers nobodyanswers noreply noresponse noanswer sickof unhappy poorservice badservice
`)

// harmless are things and sayings in which a word means something else.
var harmless = strings.Fields(`
垃圾桶 垃圾袋 垃圾箱 垃圾篓 垃圾篮 垃圾筐 垃圾分类 垃圾车 垃圾铲 垃圾处理 垃圾短信 垃圾邮件 垃圾夹 垃圾盘 垃圾架 垃圾站 厨余垃圾 装垃圾 扔垃圾 倒垃圾 垃圾食品 宠物垃圾 防诈骗 反诈骗 防骗 反欺诈
投诉率 投诉建议 着急用 着急穿 着急要 着急送 后悔药 愤怒的小鸟 很烂漫 太烂漫
onestarhotel
`)

// kindWords are what people say who shout for joy.
var kindWords = strings.Fields(`
谢谢 感谢 多谢 辛苦 喜欢 好看 漂亮 可爱 太好 真好 很好 超好 好吃 好用 满意 开心 高兴 哈哈 嘻嘻 嘿嘿 棒 赞 爱了 爱你 加油 恭喜 新年 快乐 收到 好的 好嘞 好呀 可以 必须 五星 回购 期待
thank thanks thx great love nice awesome perfect amazing wow haha happy good cool please ok
`)

// denials turn what follows into its opposite.
var denials = strings.Fields(`不 没 别 无 零 未 勿 甭 not dont wont isnt arent wasnt werent didnt doesnt cant cannot havent hasnt aint wouldnt shouldnt never no without neither hardly`)

// fillers may stand between a denial and the word.
var fillers = strings.Fields(`特别 那么 这么 怎么 多么 什么 任何 打算 准备 至于 应该 真的 让我 让人 让您 让你 令人 使我 给过 给我 你们 我们 会 想 要 用 是 算 敢 必 该 太 很 真 有 去 给 过 你 我 再 来
very too so that really atall even feeling be being getting a an the going to want any`)
