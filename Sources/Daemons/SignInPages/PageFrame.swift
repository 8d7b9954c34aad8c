package import Access
internal import Cryptography
internal import HTTPMessages
internal import HTTPServing
package import Tenancy

/// What all pages have in common: who shows them, how their forms are known, and what keeps them safe.
package struct PageFrame: Sendable {
    let deployment: String
    /// Where browsers reach us.
    package let address: PublicAddress
    private let hash: CredentialHash

    /// `deployment` is what the installation is called; with `hash` forms are recognised.
    package init(deployment: String, address: PublicAddress, hash: CredentialHash) {
        self.deployment = deployment
        self.address = address
        self.hash = hash
    }

    /// The field by which a form shows that it is ours.
    static let formTokenField = "form_token"

    /// The browser that asks.
    func browser(of context: RequestContext) -> PageBrowser { PageBrowser(context, isSecure: address.isSecure, hash) }

    /// A page, served so that nobody stores it, frames it, or learns by it where its reader came from.
    func reply(_ page: Page, status: Int, to browser: PageBrowser) -> Reply {
        let html = PageHTML(deployment: deployment, prefix: address.prefix, formToken: browser.formToken)
        return .bytes(
            Array(html.document(page).utf8), type: "text/html; charset=utf-8", status: status,
            headers: [
                "content-security-policy": PageHTML.policy(of: page), "referrer-policy": "no-referrer",
                "x-content-type-options": "nosniff", "x-frame-options": "DENY", "cache-control": "no-store",
                "set-cookie": browser.cookie,
            ])
    }

    /// Sends a browser on with GET.
    func redirect(to url: String, _ browser: PageBrowser) -> Reply {
        .bytes(
            [], type: "text/plain; charset=utf-8", status: 303,
            headers: [
                "location": url, "referrer-policy": "no-referrer", "cache-control": "no-store",
                "set-cookie": browser.cookie,
            ])
    }
}

/// A browser, known by a random secret in a cookie for as long as somebody signs in with it.
///
/// The cookie is never sent along with what another site posts, and need not be: what an identity provider posts names
/// the request that it answers, and the page after it asks whether this browser made that.
package struct PageBrowser: Sendable {
    /// By which it is known in the database.
    package let hash: [UInt8]
    /// What its forms bring back.
    let formToken: String
    /// The header field that lets it keep its secret.
    let cookie: String

    /// How long it is known, in seconds.
    private static let lifetime = 3600

    init(_ context: RequestContext, isSecure: Bool, _ hash: CredentialHash) {
        // What begins with __Host- can be set by nobody but this host, over TLS.
        let name = isSecure ? "__Host-scorable" : "scorable"
        let secret = Self.secret(in: context.header("cookie") ?? "", name) ?? Base64URL.encode(randomBytes(32))
        self.hash = hash.of("browser:" + secret)
        formToken = Base64URL.encode(hash.of("form:" + secret))
        cookie =
            "\(name)=\(secret); Path=/; Max-Age=\(Self.lifetime); HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "")
    }

    private static func secret(in field: String, _ name: String) -> String? {
        for pair in field.split(separator: ";") {
            let pair = pair.drop { $0 == " " }
            if pair.hasPrefix(name + "="), let bytes = Base64URL.decode(String(pair.dropFirst(name.count + 1))),
                bytes.count == 32
            {
                return String(pair.dropFirst(name.count + 1))
            }
        }
        return nil
    }
}
