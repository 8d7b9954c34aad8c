internal import Glibc
internal import SystemCalls

/// Programs of others that a private installation runs.
enum ExternalPrograms {
    /// The path of one of PostgreSQL's programs, the newest version that is installed.
    static func postgres(_ name: String) throws(LauncherFailure) -> String {
        for version in stride(from: 20, through: 15, by: -1) {
            let path = "/usr/lib/postgresql/\(version)/bin/\(name)"
            if Folders.isProgram(path) { return path }
        }
        throw LauncherFailure("PostgreSQL 15 or newer is not installed. Run: apt-get install postgresql")
    }

    /// The path of one of PostgreSQL's programs of one version: a cluster is started by no other.
    static func postgres(_ name: String, version: Int) throws(LauncherFailure) -> String {
        let path = "/usr/lib/postgresql/\(version)/bin/\(name)"
        guard Folders.isProgram(path) else {
            throw LauncherFailure(
                "The backup is of PostgreSQL \(version), which is not installed here. Run: apt-get install "
                    + "postgresql-\(version)")
        }
        return path
    }

    static func redis() throws(LauncherFailure) -> String {
        for path in ["/usr/bin/redis-server", "/usr/local/bin/redis-server"] where Folders.isProgram(path) {
            return path
        }
        throw LauncherFailure("Redis is not installed. Run: apt-get install redis-server")
    }

    /// What precedes the arguments of a program that refuses to run as root: it runs as `postgres` then.
    static var unprivileged: [String] {
        geteuid() == 0
            ? ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"] : []
    }
}
