import EventLoop
import Foundation
import Glibc
import Synchronization

/// A folder in /tmp for one installation. A watchdog brings down what runs in it and deletes it when it is given up, at
/// the latest when this process ends, also by a crash.
final class TemporaryPlace: Sendable {
    let path: String
    private let watchdog: Watchdog

    /// The private installation in it.
    var state: String { "\(path)/state" }

    init() throws {
        var template = Array("/tmp/sce-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw SystemError.last("make a folder in /tmp") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // PostgreSQL runs as another user, who must get in.
        guard unsafe chmod(path, 0o755) == 0 else { throw SystemError.last("open \(path) to others") }
        watchdog = try Watchdog(over: path)
        Watchdog.all.withLock { $0.append(watchdog) }
    }

    deinit { watchdog.release() }
}

/// A process that outlives this one just long enough to clean up.
private final class Watchdog: Sendable {
    /// Its end tells the watchdog that we are gone.
    private let lifeline: Mutex<Int32?>
    private let pid: pid_t

    /// Every watchdog of the process, waited for at its end.
    static let all: Mutex<[Watchdog]> = {
        atexit {
            let watchdogs = Watchdog.all.withLock { $0 }
            for watchdog in watchdogs { watchdog.release() }
            for watchdog in watchdogs { waitpid(watchdog.pid, nil, 0) }
        }
        return Mutex([])
    }()

    private static let script = """
        trap '' INT TERM HUP
        cat > /dev/null
        for terminal in "$1"/tmux-*; do tmux -S "$terminal" kill-server 2> /dev/null; done
        for state in "$1"/*/; do
            supervisor=$(cat "$state/supervisor.pid" 2> /dev/null)
            [ -n "$supervisor" ] && kill -CONT "$supervisor" 2> /dev/null
            "$2" down --state "$state" > /dev/null 2>&1
            read -r server 2> /dev/null < "$state/postgres/data/postmaster.pid" && kill -QUIT "$server" 2> /dev/null
        done
        rm -rf "$1"
        """

    init(over folder: String) throws {
        var ends: [Int32] = [0, 0]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw SystemError.last("make a socket pair") }
        lifeline = Mutex(ends[1])
        pid = try Self.start(
            ["/bin/sh", "-c", Self.script, "watchdog", folder, BuiltFiles.program("scorable")], ends[0])
        close(ends[0])
    }

    /// Lets the watchdog clean up.
    func release() {
        lifeline.withLock { lifeline in
            if let lifeline { close(lifeline) }
            lifeline = nil
        }
    }

    /// Unlike other children this one goes on when we end.
    private static func start(_ command: [String], _ input: Int32) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
        for descriptor: Int32 in [1, 2] {
            unsafe posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
        }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        // A process group of its own: an interrupt on the terminal reaches it through our end only.
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
        let arguments = unsafe command.map { unsafe strdup($0) } + [nil]
        let variables = unsafe [String: String].clean.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        defer { unsafe (arguments + variables).forEach { unsafe free($0) } }
        var process: pid_t = 0
        let code = unsafe posix_spawn(&process, command[0], &actions, &attributes, arguments, variables)
        guard code == 0 else { throw SystemError("start \(command[0])", code: code) }
        return process
    }
}
