// Before the first paint, and only where modules run: the page is laid out for scripts.
if ("noModule" in HTMLScriptElement.prototype) document.documentElement.className = "js";
