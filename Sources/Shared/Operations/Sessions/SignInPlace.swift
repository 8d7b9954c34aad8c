internal import Access
internal import Tenancy

/// Where somebody is who signs in, or shows once more who they are.
package struct SignInPlace: Sendable {
    package let address: String
    /// What they do it with, as it calls itself; `nil` when it does not say.
    package let client: String?
    /// What the logs call the request.
    package let requestID: String?

    private static let longestClient = 200

    package init(address: String, client: String?, requestID: String?) {
        self.address = address
        // A client names itself: what cannot be shown in a line is left out.
        let shown = client?.unicodeScalars.filter { !ShownText.steers($0) }.prefix(Self.longestClient)
        let text = shown.map { String(String.UnicodeScalarView($0)) }
        self.client = text?.isEmpty == true ? nil : text
        self.requestID = requestID
    }

    var origin: SignInOrigin { SignInOrigin(address) }
}

/// Nobody was signed in, or nothing was confirmed.
package struct SignInRefused: Error, Hashable, CustomStringConvertible {
    /// Why.
    package enum Kind: Sendable, Hashable {
        /// Nobody gets in like that; what of it was wrong is not told.
        case wrong
        /// The password is right, or does not matter, and a code of the second factor is wanted.
        case secondFactorRequired
        /// The address signs in by an identity provider, and not by password.
        case singleSignOnRequired
    }

    package let kind: Kind

    package init(_ kind: Kind) { self.kind = kind }

    package var description: String {
        switch kind {
        case .wrong: "The address, the password or the code is wrong."
        case .secondFactorRequired: "A code of your second factor is wanted, or a recovery code."
        case .singleSignOnRequired: "Addresses of this domain sign in by single sign-on, not by password."
        }
    }
}

/// Something is done in a session, and not with an API key.
package struct NotInSession: Error, Hashable, CustomStringConvertible {
    package init() {}

    package var description: String { "This is done in a session, not with an API key." }
}
