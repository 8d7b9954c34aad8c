internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Tenancy

/// The pages of links that were passed on: becoming one of an organisation's people, and choosing a new password. Opening
/// one does not use it up, because programs that look for dangerous links do that too.
struct LinkPages: Sendable {
    let people: PeopleProduct

    private static let invitationPath = PassedLink.invitation.rawValue
    private static let newPasswordPath = PassedLink.newPassword.rawValue

    /// What forms bring.
    private enum Field {
        static let fullName = "full_name"
        static let password = "password"
        static let token = PassedLink.parameter
    }

    func add(to routes: inout PageRoutes) {
        addInvitation(to: &routes)
        addNewPassword(to: &routes)
    }

    private func addInvitation(to routes: inout PageRoutes) {
        routes.on(.get, Self.invitationPath) { visit in
            try await Self.usable {
                .page(try await invitationPage(visit, visit.token, name: "", problem: nil))
            }
        }
        routes.on(.post, Self.invitationPath) { visit in
            let form = try await visit.form()
            let (token, name) = (form[Field.token] ?? "", form[Field.fullName] ?? "")
            return try await Self.usable {
                do {
                    let user = try await people.acceptance.accept(
                        token, fullName: name, password: form[Field.password] ?? "",
                        from: visit.context.remoteAddress, requestID: visit.context.requestID)
                    return .page(Self.welcome("Welcome, \(user.fullName)", user.email))
                } catch let problem as InvalidDefinition {
                    return .page(
                        try await invitationPage(visit, token, name: name, problem: problem.sentence), status: 400)
                }
            }
        }
    }

    private func addNewPassword(to routes: inout PageRoutes) {
        routes.on(.get, Self.newPasswordPath) { visit in
            try await Self.usable { .page(try await newPasswordPage(visit, visit.token, problem: nil)) }
        }
        routes.on(.post, Self.newPasswordPath) { visit in
            let form = try await visit.form()
            let token = form[Field.token] ?? ""
            return try await Self.usable {
                do {
                    let email = try await people.passwordResets.setPassword(
                        form[Field.password] ?? "", by: token, from: visit.context.remoteAddress,
                        requestID: visit.context.requestID)
                    return .page(Self.welcome("You have a new password", email))
                } catch let problem as InvalidDefinition {
                    return .page(try await newPasswordPage(visit, token, problem: problem.sentence), status: 400)
                }
            }
        }
    }

    private func invitationPage(
        _ visit: PageVisit, _ token: String, name: String, problem: String?
    ) async throws -> Page {
        let invited = try await people.acceptance.invited(by: token, from: visit.context.remoteAddress)
        return Page(
            "You are invited",
            [.facts([Page.Fact("Organization", invited.organization), Page.Fact("Your address", invited.email)])]
                + (problem.map { [.warning($0)] } ?? []) + [
                    .form(
                        PageForm(
                            .post(Self.invitationPath),
                            fields: [
                                PageForm.Field(
                                    Field.fullName, label: "Your name", value: name, hint: "As others will see it."),
                                Self.passwordField,
                            ], hidden: [PageForm.Hidden(Field.token, token)], button: "Join"))
                ])
    }

    private func newPasswordPage(_ visit: PageVisit, _ token: String, problem: String?) async throws -> Page {
        let email = try await people.passwordResets.holder(of: token, from: visit.context.remoteAddress)
        return Page(
            "Choose a new password",
            [.facts([Page.Fact("Your address", email)])] + (problem.map { [.warning($0)] } ?? []) + [
                .text("Wherever you are signed in, you are signed out."),
                .form(
                    PageForm(
                        .post(Self.newPasswordPath), fields: [Self.passwordField],
                        hidden: [PageForm.Hidden(Field.token, token)], button: "Set the password")),
            ])
    }

    private static let passwordField = PageForm.Field(
        Field.password, label: "A password", .newPassword,
        hint: "At least \(PasswordRule.shortest) characters. A sentence is easy to remember.")

    private static func welcome(_ title: String, _ email: String) -> Page {
        Page(title, [.text("Sign in with the console, in a terminal:"), .code("scorable-console --email \(email)")])
    }

    /// A link that does not work says so, and no more.
    private static func usable(_ body: () async throws -> PageAnswer) async throws -> PageAnswer {
        do {
            return try await body()
        } catch let error as LinkUnusable {
            throw PageProblem("This link does not work", error.advice, status: 404)
        }
    }
}

extension PageVisit {
    /// What makes a link work that is opened.
    fileprivate var token: String { context.query[PassedLink.parameter] ?? "" }
}

extension InvalidDefinition {
    /// What is wrong, for who filled the form in.
    fileprivate var sentence: String { problems.map(\.message).joined(separator: " ") }
}
