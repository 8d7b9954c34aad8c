internal import Postgres

/// How backups reach the database.
enum BackupConnection {
    /// The user that a server on the same machine knows as its superuser, and by nothing but the name.
    private static let superuser = "postgres"

    /// The connection string of the settings for backups, else that of all, for the user `user` of this machine: over a
    /// socket without a password, the superuser is himself.
    static func string(_ own: String?, else url: String, for user: String?) throws -> String {
        if let own { return own }
        guard user == superuser else { return url }
        let variables = try ConnectionVariables.of(connection: url)
        guard variables["PGPASSWORD"] == nil, variables["PGHOST"]?.hasPrefix("/") ?? true else { return url }
        var words = ["user=\(superuser)"]
        for (word, variable) in [("host", "PGHOST"), ("port", "PGPORT"), ("dbname", "PGDATABASE")] {
            guard let value = variables[variable] else { continue }
            words.append("\(word)='\(value.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'")
        }
        return words.joined(separator: " ")
    }

    /// Says what to do about a server that does not let backups in.
    static func explain(_ error: any Error) -> any Error {
        guard let error = error as? PostgresError else { return error }
        switch error.kind {
        case .unavailable:
            return LauncherFailure(
                "Backups do not reach PostgreSQL: \(error.message). On its host they are made by its own user: "
                    + "systemctl start scorable-backup. Elsewhere, or for another role, set backup.database.")
        case .server(let state) where state.code == "42501":
            return LauncherFailure(
                "PostgreSQL does not let its role make backups: \(error.message). Make them as the user postgres "
                    + "(systemctl start scorable-backup), or see BACKUPS in scorable(1) about backup.database.")
        case .server, .connectionLost, .timedOut, .poolExhausted, .cancelled, .decoding, .rejected: return error
        }
    }
}
