internal import Stores
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import JSON
internal import Operations
internal import Tenancy

/// The pages by which somebody lets a terminal sign in: the code, the identity provider, the decision.
struct DevicePages: Sendable {
    let singleSignOn: SingleSignOn
    /// Which installation asks.
    let deployment: String

    /// Where a code is entered, and where it is decided.
    private static let codePath = DeviceLogins.codePath
    static let decisionPath = DeviceLogins.codePath + "/decision"
    /// Where a browser is sent that has brought an answer, with what it shows there that it has.
    static func path(identifyingBy token: String) -> String { "\(decisionPath)?\(Field.answer)=\(token)" }

    /// What forms bring.
    private enum Field {
        static let code = "code"
        static let email = "email"
        static let decision = "decision"
        static let allow = "allow"
        static let login = "login"
        static let answer = "answer"
    }

    func add(to routes: inout PageRoutes) {
        routes.on(.get, Self.codePath) { visit in .page(codePage(visit.context.query["code"], problem: nil)) }
        routes.on(.post, Self.codePath) { visit in
            let form = try await visit.form()
            let code = form[Field.code] ?? ""
            do {
                let login = try await singleSignOn.devices.enter(code, in: visit.asker)
                return try await next(for: login, code, form[Field.email], visit)
            } catch let problem as UnknownUserCode {
                return .page(codePage(code, problem: problem.description), status: 404)
            } catch is SingleSignOnNotOffered {
                throw PageProblem(
                    "You cannot sign in here", "No identity provider signs in people with this address.", status: 404)
            }
        }
        routes.on(.get, Self.decisionPath) { visit in
            guard let token = visit.context.query[Field.answer] else { return try await decisionPage(visit) }
            guard try await singleSignOn.signIns.identify(by: token, in: visit.asker) else { throw Self.notIdentified }
            return .goTo(Self.decisionPath)
        }
        routes.on(.post, Self.decisionPath) { visit in
            let form = try await visit.form()
            let isAllowed = form[Field.decision] == Field.allow
            do {
                guard let login = form[Field.login].flatMap(DeviceLoginID.init) else { throw Self.tooLate }
                try await singleSignOn.devices.decide(isAllowed, about: login, in: visit.asker)
            } catch is UnknownUserCode {
                throw Self.tooLate
            }
            return .page(
                isAllowed
                    ? Page("You are signed in", [.text("Go back to your terminal. You can close this page.")])
                    : Page("Nobody was signed in", [.text("The terminal has been refused. You can close this page.")]))
        }
    }

    private func codePage(_ code: String?, problem: String?) -> Page {
        let field = PageForm.Field(
            Field.code, label: "Code", .code, value: String((code ?? "").prefix(32)),
            hint: "Compare it with the one in your terminal.")
        return Page(
            "Sign in a terminal",
            (problem.map { [.warning($0)] } ?? [.text("Enter the code that your terminal shows.")])
                + [.form(PageForm(.post(Self.codePath), fields: [field], button: "Go on"))])
    }

    /// Who asks, and the way to the identity provider; or a question for the address, where that decides the way.
    private func next(
        for login: DeviceLogin, _ code: String, _ email: String?, _ visit: PageVisit
    ) async throws -> PageAnswer {
        let question = try await singleSignOn.devices.question(in: visit.asker)
        if question.identified != nil { return .goTo(Self.decisionPath) }
        let known = try await singleSignOn.devices.provider(confirming: login)
        let asks: [Page.Block] = [.facts(facts(of: login)), Self.warning(login)]
        guard let provider = try await found(known, email) else {
            let field = PageForm.Field(Field.email, label: "Your e-mail address", .email)
            let form = PageForm(
                .post(Self.codePath), fields: [field], hidden: [.init(Field.code, code)],
                button: "Go on")
            return .page(Page("A terminal wants to sign in", asks + [.form(form)]))
        }
        let path = ServiceProviders.Path.of(ServiceProviders.Path.signIn, for: provider.id)
        let form = PageForm(.open(path), button: "Go on to \(provider.settings.name)")
        return .page(
            Page("A terminal wants to sign in", asks + [.form(form)], formTargets: FormTargets.identityProviders))
    }

    private func found(_ known: IdentityProvider?, _ email: String?) async throws -> IdentityProvider? {
        if let known { return known }
        return try await singleSignOn.devices.provider(for: email)
    }

    private func decisionPage(_ visit: PageVisit) async throws -> PageAnswer {
        let question = try await singleSignOn.devices.question(in: visit.asker)
        guard let identified = question.identified else {
            throw Self.notIdentified
        }
        guard let login = question.login else { return .page(codePage(nil, problem: nil)) }
        let what = login.sessionID == nil ? "sign in as" : "confirm that you are"
        func form(_ decision: String, _ button: String, isSecondary: Bool) -> Page.Block {
            .form(
                PageForm(
                    .post(Self.decisionPath),
                    hidden: [.init(Field.decision, decision), .init(Field.login, "\(login.id)")], button: button,
                    isSecondary: isSecondary))
        }
        return .page(
            Page(
                "Is it you at this terminal?",
                [
                    .text("It wants to \(what) \(identified.user.email)."), .facts(facts(of: login)),
                    Self.warning(login), form(Field.allow, "Allow", isSecondary: false),
                    form("deny", "Deny", isSecondary: true),
                ]))
    }

    private static let notIdentified = PageProblem(
        "Please begin again", "This browser has not signed in, or too long ago. Enter the code once more.", status: 403)

    private static let tooLate = PageProblem(
        "It is too late", "The terminal does not wait any more, or you have decided already.", status: 404)

    private func facts(of login: DeviceLogin) -> [Page.Fact] {
        [
            Page.Fact("Installation", deployment), Page.Fact("Program", login.client),
            Page.Fact("Machine", login.host ?? "not said"), Page.Fact("From the address", login.address),
            Page.Fact("Asked at", Self.time(login.createdAt)),
        ]
    }

    private static func warning(_ login: DeviceLogin) -> Page.Block {
        .warning(
            "Go on only if you have started this yourself a moment ago. Whoever sent you this link or code would "
                + (login.sessionID == nil ? "get your access." : "act in your name."))
    }

    /// In UTC, to the second.
    private static func time(_ date: Date) -> String {
        let text = ISO8601.string(date) ?? ""
        return text.prefix(10) + " " + text.dropFirst(11).prefix(8) + " UTC"
    }
}
