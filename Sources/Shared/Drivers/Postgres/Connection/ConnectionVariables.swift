internal import CPostgres

/// How libpq's programs are told to reach a server without an argument that everybody on the machine can read.
package enum ConnectionVariables {
    /// The environment variables, such as `PGHOST` and `PGPASSWORD`, that say what a libpq connection string or URI says.
    package static func of(connection: String) throws(PostgresError) -> [String: String] {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = unsafe PQconninfoParse(connection, &message) else {
            // Not libpq's message: it would quote the string, and with it the password.
            unsafe PQfreemem(message)
            throw PostgresError(.unavailable, "the connection string of the database is malformed")
        }
        defer { unsafe PQconninfoFree(options) }
        var variables: [String: String] = [:]
        var option = unsafe options
        while unsafe option.pointee.keyword != nil {
            if let name = unsafe option.pointee.envvar, let value = unsafe option.pointee.val {
                unsafe variables[String(cString: name)] = unsafe String(cString: value)
            }
            unsafe option += 1
        }
        return variables
    }
}
