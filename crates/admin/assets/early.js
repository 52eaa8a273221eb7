// Before the first paint, and only where our modules run: the page is laid out for scripts. A browser
// that has replaceAll knows the syntax that they are written in, too.
if ("noModule" in HTMLScriptElement.prototype && "replaceAll" in String.prototype) document.documentElement.className = "js";
