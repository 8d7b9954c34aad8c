/// How the page looks, by day and by night, on paper and on telephones.
enum ReferencePageStyle {
    static let css = """
        :root{color-scheme:light dark;--ink:#1c2128;--quiet:#6a737d;--line:#e3e7eb;--ground:#fff;--soft:#f6f8fa;--link:#0b63c5}
        @media(prefers-color-scheme:dark){:root{--ink:#d9dfe6;--quiet:#8b949e;--line:#2d333b;--ground:#14181d;--soft:#1c2128;--link:#6cb2ff}}
        *{box-sizing:border-box}html{scroll-behavior:smooth;scroll-padding-top:1rem}
        body{margin:0;display:grid;grid-template-columns:17rem minmax(0,1fr);color:var(--ink);background:var(--ground);font:15px/1.6 system-ui,sans-serif}
        nav{position:sticky;top:0;height:100vh;overflow-y:auto;padding:1.2rem 1rem 3rem;border-right:1px solid var(--line);background:var(--soft);font-size:13px}
        nav a{display:block;padding:.1rem .4rem;color:inherit;border-radius:4px}nav a:hover{background:var(--line);text-decoration:none}
        nav .group{margin-top:.9rem;font-weight:600}nav .home{font-size:15px;font-weight:700}
        main{max-width:56rem;padding:2rem 2.5rem 6rem}a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
        h1{margin:0;font-size:2rem}h2{margin:4rem 0 .5rem;padding-top:1rem;border-top:2px solid var(--line);font-size:1.5rem}
        h3{margin:2.6rem 0 .3rem;font-size:1.1rem}h4{margin:1.2rem 0 .3rem;font-size:.9rem}h3 em{font-size:.8rem;color:var(--quiet)}
        p{margin:.4rem 0}.quiet{color:var(--quiet);font-size:.9em}code,pre{font:13px/1.5 ui-monospace,monospace}
        p code,td code{padding:.05rem .25rem;border-radius:4px;background:var(--soft)}
        pre{overflow-x:auto;margin:.5rem 0;padding:.8rem 1rem;border:1px solid var(--line);border-radius:6px;background:var(--soft)}
        table{width:100%;border-collapse:collapse;font-size:.92em}td{padding:.3rem .7rem .3rem 0;border-top:1px solid var(--line);vertical-align:top}
        td:first-child{white-space:nowrap}td:nth-child(2){color:var(--quiet);white-space:nowrap}
        summary{margin-top:.8rem;cursor:pointer;font-size:.9rem;font-weight:600}
        .call b{padding:.1rem .45rem;border-radius:4px;color:#fff;background:#57606a;font:600 12px ui-monospace,monospace}
        .call .get{background:#0969da}.call .post{background:#1a7f37}.call .put,.call .patch{background:#9a6700}.call .delete{background:#cf222e}
        @media(max-width:800px){body{display:block}nav{position:static;height:auto;max-height:40vh}main{padding:1.2rem}td:nth-child(2){white-space:normal}}
        @media print{nav{display:none}body{display:block}}
        """
}
