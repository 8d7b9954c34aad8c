internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import SAML
internal import Tenancy

/// What identity providers and browsers on their way to and from them are answered. The messages are in the fields that
/// the bindings of SAML 2.0 name.
struct SAMLPages: Sendable {
    let singleSignOn: SingleSignOn

    private typealias Path = ServiceProviders.Path

    /// The names that SAML gives to fields.
    private enum Field {
        static let request = "SAMLRequest"
        static let response = "SAMLResponse"
        static let relay = "RelayState"
    }

    /// The largest message of ours and of the usual identity providers many times over; the driver's limit is below it.
    private static let bodyLimit = 512 << 10

    func add(to routes: inout PageRoutes) {
        func path(_ name: String) -> String { "/saml/{provider}/\(name)" }
        routes.on(.get, path(Path.metadata)) { visit in
            let metadata = try await singleSignOn.signIns.metadata(for: visit.context.parameter("provider"))
            return .document(Array(metadata.utf8), type: "application/samlmetadata+xml")
        }
        routes.on(.get, path(Path.signIn)) { visit in
            let question = try await singleSignOn.devices.question(in: visit.asker)
            return leave(
                with: try await singleSignOn.signIns.begin(
                    at: visit.context.parameter("provider"), in: visit.asker,
                    isForced: question.login?.sessionID != nil), relay: SAMLSignIns.relay, field: Field.request)
        }
        routes.on(.post, path(Path.callback), bodyLimit: Self.bodyLimit, from: .anotherSite) { visit in
            let token = try await singleSignOn.signIns.accept(
                by: visit.context.parameter("provider"), in: visit.asker
            ) { try await visit.formOfAnotherSite()[Field.response] ?? "" }
            // Another page, which this browser asks for by itself: only then does it send its cookie along.
            return .goTo(DevicePages.path(identifyingBy: token))
        }
        routes.on(.get, path(Path.signOut), from: .anotherSite) { visit in
            try await signOut(visit) { (visit.context.query, { _ in .query(visit.context.rawQuery ?? "") }) }
        }
        routes.on(.post, path(Path.signOut), bodyLimit: Self.bodyLimit, from: .anotherSite) { visit in
            try await signOut(visit) { (try await visit.formOfAnotherSite(), { .form($0) }) }
        }
        // Beside the others: the identity provider is found by what is ended.
        routes.on(.get, SingleLogouts.leavingPath + "/{token}") { visit in
            let token: String = try visit.context.parameter("token")
            return leave(
                with: try await singleSignOn.logouts.leave(by: token), relay: token, field: Field.request)
        }
    }

    /// Either an answer to a sign-out of ours, or one that the identity provider wants.
    private func signOut(
        _ visit: PageVisit, _ brought: () async throws -> (QueryParameters, (String) -> SAMLMessage)
    ) async throws -> PageAnswer {
        let outcome = try await singleSignOn.logouts.accept(
            by: visit.context.parameter("provider"), in: visit.asker
        ) {
            let (fields, message) = try await brought()
            let relay = fields[Field.relay]
            if let response = fields[Field.response] { return .answer(message(response), relay: relay) }
            guard let request = fields[Field.request] else {
                throw SAMLRefusal(.malformed, "it holds neither a request nor an answer")
            }
            return .request(message(request), relay: relay)
        }
        switch outcome {
        case .complete: return .page(Page("You are signed out", [.text("Here and at your identity provider.")]))
        case .answered(let answer, let relay): return leave(with: answer, relay: relay, field: Field.response)
        }
    }

    /// Sends a browser with a message to an identity provider: by redirect, or by a form where it wants that.
    private func leave(with message: SAMLParty.Delivery, relay: String?, field: String) -> PageAnswer {
        guard let form = message.form else { return .leaveTo(message.url) }
        let hidden = [PageForm.Hidden(field, form)] + (relay.map { [PageForm.Hidden(Field.relay, $0)] } ?? [])
        return .page(
            Page(
                "Go on to your identity provider",
                [.form(PageForm(.postElsewhere(message.url), hidden: hidden, button: "Go on"))],
                formTargets: FormTargets.identityProviders))
    }
}

/// Where forms may lead that send somebody to an identity provider: anywhere, for it may send them on, and browsers hold
/// what it does then against our page.
enum FormTargets {
    static let identityProviders = ["https:", "http:"]
}

extension PageVisit {
    /// What a form of another site has brought.
    /// - Throws: `SAMLRefusal` for what is no form, or too long.
    fileprivate func formOfAnotherSite() async throws -> QueryParameters {
        do {
            return try await context.form()
        } catch {
            guard let problem = APIProblem.told(of: error, { _ in nil }) else { throw error }
            throw SAMLRefusal(.malformed, problem.detail)
        }
    }

    /// The browser, as the operations know it.
    var asker: SAMLSignIns.Browser {
        SAMLSignIns.Browser(hash: browser.hash, address: context.remoteAddress, requestID: context.requestID)
    }
}
