import FoundationEssentials
import Screens
import Tenancy
import Terminal
import WireAPI

// Made-up people, invitations, keys and sessions, the same in every run.
extension Samples {
    static func past(days: Double) -> Date { now.addingTimeInterval(-days * 86_400) }
    static func ahead(days: Double) -> Date { now.addingTimeInterval(days * 86_400) }

    static let root = OperatorPerson(id: uuid(1), email: "root@example.com", fullName: "Root")

    static func user(
        _ number: Int, _ email: String, _ name: String, _ role: String, kind: OperatorUser.Kind = .person,
        seen: Double? = 1, disabled: Double? = nil, factor: Bool = false, sessions: Int = 0, keys: Int = 0,
        grants: Int = 0
    ) -> OperatorUser {
        OperatorUser(
            id: uuid(number), kind: kind, email: email, fullName: name, role: role,
            createdAt: past(days: Double(400 - number % 300)), createdBy: number % 2 == 0 ? root : nil,
            lastSignInAt: kind == .person ? seen.map { past(days: $0) } : nil,
            disabledAt: disabled.map { past(days: $0) },
            revision: 4, hasPassword: kind == .person, hasSecondFactor: factor, openSessions: sessions,
            usableKeys: keys, projectGrants: grants)
    }

    static let people = OperatorUserPage(
        results: [
            user(1, "root@example.com", "Root", "admin", seen: 0.01, factor: true, sessions: 2, keys: 1),
            user(0x701, "kai@example.com", "Kai Laine", "owner", seen: 0.2, factor: true, sessions: 2, keys: 3),
            user(0x702, "lena@example.com", "Lena Ojala", "engineer", seen: 3, sessions: 1, grants: 2),
            user(0x703, "old.temp@example.com", "Temporary", "annotator", seen: 41, disabled: 12),
            user(0x704, "nightly@service", "nightly-runs", "engineer", kind: .serviceAccount, keys: 2),
            user(0x705, "new.hire@example.com", "N. Hire", "viewer", seen: nil),
            user(0x706, "auditor@example.com", "A. Uditor", "auditor", seen: 7, factor: true),
        ], next: nil)

    static let lena = people.results[2]

    static func detail(_ user: OperatorUser, things: Int = 3) -> OperatorUserDetail {
        OperatorUserDetail(
            user: user,
            grants: user.projectGrants == 0
                ? []
                : [
                    OperatorProjectGrant(
                        project: OperatorNamed(id: projectID, name: "rag-prod"), role: "admin",
                        createdAt: past(days: 30), grantedBy: root),
                    OperatorProjectGrant(
                        project: OperatorNamed(id: uuid(0xA001), name: "support"), role: "operator",
                        createdAt: past(days: 3), grantedBy: nil),
                ],
            belongings: OperatorBelongings(
                projects: min(things, 1), objectives: 0, evaluators: things, judges: things / 2, models: 0,
                datasets: things, traceFilters: 0))
    }

    static func invitation(
        _ number: Int, _ email: String, _ role: String, _ state: OperatorInvitation.State
    ) -> OperatorInvitation {
        OperatorInvitation(
            id: uuid(number), email: email, role: role, state: state, invitedBy: number % 2 == 0 ? root : nil,
            createdAt: past(days: Double(number - 0x720)), expiresAt: ahead(days: state == .open ? 5 : -1),
            endedAt: state == .accepted || state == .withdrawn ? past(days: 0.5) : nil)
    }

    static let invitations = OperatorInvitationPage(
        results: [
            invitation(0x722, "ada@example.com", "engineer", .open),
            invitation(0x723, "new.hire@example.com", "viewer", .accepted),
            invitation(0x724, "boss@example.com", "owner", .expired),
            invitation(0x725, "wrong@exmaple.com", "admin", .withdrawn),
        ], next: nil)

    static let invitationURL = "https://scorable.example.com/invitation/7Hn2cXo0zQe4VtB1sJk9LmPq"

    static func key(
        _ number: Int, _ name: String, scopes: [String], state: OperatorAPIKey.State = .usable,
        ends: Double? = 60, used: Double? = 0.01, isService: Bool = false, ranges: [String] = []
    ) -> OperatorAPIKey {
        OperatorAPIKey(
            id: uuid(number), name: name, prefix: "sk_k9Qz\(number % 10)a",
            owner: .init(
                id: uuid(isService ? 0x704 : 1), email: isService ? "nightly@service" : "root@example.com",
                fullName: isService ? "nightly-runs" : "Root", isServiceAccount: isService),
            project: number % 2 == 0 ? OperatorNamed(id: projectID, name: "rag-prod") : nil, scopes: scopes,
            addressRanges: ranges, state: state, createdAt: past(days: 100), createdBy: root,
            expiresAt: ends.map { ahead(days: $0) }, lastUsedAt: used.map { past(days: $0) },
            lastUsedAddress: used == nil ? nil : "10.2.0.14", revokedAt: state == .revoked ? past(days: 2) : nil,
            replaces: number % 3 == 0 ? uuid(0x799) : nil)
    }

    static let keys = OperatorAPIKeyPage(
        results: [
            key(0x730, "prod-rag", scopes: ["evaluator:execute", "judge:execute"], ranges: ["10.0.0.0/8"]),
            key(
                0x731, "nightly", scopes: ["evaluator:execute", "dataset:read", "calibration:create"], ends: 9,
                used: 0.4, isService: true),
            key(0x732, "old-laptop", scopes: ["*"], ends: nil, used: 212),
            key(0x733, "leaked", scopes: ["*"], state: .revoked, used: 2),
            key(0x734, "trial", scopes: ["evaluator:read"], state: .expired, ends: -4, used: nil),
        ], next: nil, ageLimitSeconds: 365 * 86_400)

    static let madeKey = OperatorAPIKeySecret(
        key: keys.results[0], secret: "sk_k9Qz0aMadeUpForATestOnly00000000000000000000")

    static func userSession(
        _ number: Int, _ user: OperatorUser, _ method: String, _ address: String?, _ client: String?, used: Double,
        isCurrent: Bool = false
    ) -> OperatorUserSession {
        OperatorUserSession(
            id: uuid(number), userID: user.id, userEmail: user.email, userFullName: user.fullName,
            userRole: user.role, method: method, address: address, client: client, startedAt: past(days: used + 0.4),
            lastUsedAt: past(days: used), expiresAt: ahead(days: 6), idleExpiresAt: ahead(days: 0.5 - used),
            isCurrent: isCurrent)
    }

    static let sessions = OperatorSessionPage(
        results: [
            userSession(
                0x740, people.results[0], "password", "10.2.0.14", "scorable-console/1.0", used: 0.0001,
                isCurrent: true),
            userSession(0x741, people.results[0], "password", "91.157.0.8", "scorable-console/1.0", used: 0.2),
            userSession(0x742, people.results[2], "saml", "10.2.0.99", "scorable-console/1.0", used: 0.01),
            userSession(0x743, people.results[1], "password", nil, nil, used: 0.4),
        ], next: nil)

    static let policy = OperatorSignInPolicy(
        terms: OperatorSignInTerms(
            idleLimitSeconds: 43_200, absoluteLimitSeconds: 604_800, sessionsPerPerson: 20, wantsSecondFactor: false,
            keyAgeLimitSeconds: 90 * 86_400), revision: 3, updatedAt: past(days: 8), updatedBy: "kai@example.com")

    static let organizations = OperatorOrganizationPage(
        results: [
            OperatorOrganization(
                id: uuid(2), name: "Acme", createdAt: past(days: 400), runsInstallation: true, people: 7, projects: 4),
            OperatorOrganization(
                id: uuid(0x750), name: "Marketing team", createdAt: past(days: 20), runsInstallation: false, people: 0,
                projects: 1),
        ], next: nil)
}

extension Story {
    /// A console that shows the people.
    static func people(
        _ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode,
        session: OperatorSession = Samples.session
    ) -> Story {
        var story = Story.entering(.people, size, charset: charset, session: session)
        story.answer(OperatorUser.path, Samples.people)
        return story
    }

    /// A console that shows one of the people, found by a filter.
    static func person(
        _ user: OperatorUser = Samples.lena, _ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode
    ) -> Story {
        var story = Story.people(size, charset: charset)
        story.find(user.kind == .person ? user.email : user.fullName)
        story.press(Key(.enter))
        story.answer("\(OperatorUser.path)/", Samples.detail(user))
        return story
    }

    /// Filters a list by a word.
    mutating func find(_ word: String) {
        press(.character("/"))
        type("\"\(word)\"")
        press(Key(.enter))
    }

    /// Goes on to a list of the room of people, the people themselves being 0.
    mutating func step(_ count: Int) { for _ in 0..<count { press(Key(.tab)) } }
}
