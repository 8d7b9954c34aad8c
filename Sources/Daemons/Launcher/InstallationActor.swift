internal import FoundationEssentials
internal import Operations
internal import SystemCalls

extension Installation {
    /// Whoever administers it on this machine, as the audit keeps them.
    var actor: AuditActor {
        AuditActor(
            machineUser: Self.name(of: .real, signedInAs: .login, calledBy: environment["SUDO_USER"]),
            requestID: "cli-\(UUID().uuidString.lowercased())")
    }

    /// The account that runs the program and the one that signed in, as the system knows them. What the environment says
    /// stands beside them: anybody can write there what they like.
    static func name(of account: AccountName, signedInAs login: AccountName?, calledBy sudoUser: String?) -> String {
        var others: [String] = []
        if let login, login.id != account.id { others.append("signed in as \(word(for: login))") }
        if let sudoUser, !sudoUser.isEmpty { others.append("SUDO_USER \(sudoUser)") }
        return word(for: account) + (others.isEmpty ? "" : " (\(others.joined(separator: ", ")))")
    }

    private static func word(for account: AccountName) -> String { account.name ?? "uid \(account.id)" }
}
