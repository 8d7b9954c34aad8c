import FoundationEssentials
import Terminal
import WireAPI

/// Draws who is signed in, and how the console looks for them.
struct ProfileView {
    /// The rows that it takes.
    static let factRows = 7

    private let profile: OperatorProfile?
    private let factor: OperatorSecondFactor?
    private let scope: Scope

    init(profile: OperatorProfile?, factor: OperatorSecondFactor?, _ scope: Scope) {
        self.profile = profile
        self.factor = factor
        self.scope = scope
    }

    func draw(into frame: inout Frame, _ area: Area) {
        for (row, fact) in zip(area.rows, facts) {
            frame.put(fact.0, row, area.columns.lowerBound + 1, Style(.quiet))
            frame.put(fact.1, row, area.columns.lowerBound + 12, Style(fact.2), width: area.columns.count - 13)
        }
    }

    private var factorWords: (text: String, ink: Ink) {
        guard profile?.hasPassword == true else { return ("as your identity provider asks for it", .quiet) }
        guard let factor else { return ("reading", .quiet) }
        guard let since = factor.since else {
            return factor.isWanted
                ? ("none, and your organisation wants one: F sets it up", .bad) : ("none: F sets it up", .caution)
        }
        let left = factor.recoveryCodesLeft
        let codes = left == 1 ? "1 recovery code" : "\(left) recovery codes"
        return ("since \(Formats.day(since)), \(codes) left", left < 3 ? .caution : .good)
    }

    private var facts: [(String, String, Ink)] {
        guard let profile else { return [("", "Reading your profile", .quiet)] }
        let separator = " \(scope.marks.separator) "
        let mouse = scope.preferences.isMouseOn ? "on" : "off"
        return [
            ("name", profile.fullName.isEmpty ? "-" : profile.fullName, .strong),
            ("email", profile.email, .plain),
            ("role", [profile.role, profile.organizationName].joined(separator: separator), .plain),
            ("signed in", profile.lastSignInAt.map(Formats.full) ?? "-", .plain),
            ("2nd factor", factorWords.text, factorWords.ink),
            (
                "console",
                ["theme \(scope.preferences.theme.rawValue)", "mouse \(mouse)"].joined(separator: separator), .plain
            ),
        ]
    }
}
