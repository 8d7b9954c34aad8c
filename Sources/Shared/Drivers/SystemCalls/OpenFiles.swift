internal import Glibc

/// How many files, sockets and the like this process may have open.
package enum OpenFiles {
    /// Allows as many as the process may allow itself. Shells start programs with a small number, which was made for
    /// programs that cannot count further.
    package static func allowAll() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
