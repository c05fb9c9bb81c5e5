window.huiyin = {}
