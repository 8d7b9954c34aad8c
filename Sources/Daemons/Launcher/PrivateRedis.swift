internal import EventLoop
internal import Glibc
internal import SystemCalls

/// A Redis server that belongs to one installation, reachable by a Unix socket only; it logs what it is told.
struct PrivateRedis {
    let state: StateDirectory

    /// How the server is run.
    func plan(environment: [String: String]) throws -> ProgramPlan {
        let configuration = "\(state.path)/redis/redis.conf"
        try FileWriting.write(text, to: configuration, mode: 0o600)
        return ProgramPlan(
            name: "redis",
            start: ChildProcess.Start(
                command: [try ExternalPrograms.redis(), configuration], environment: environment,
                logPath: state.log(of: "redis")),
            stopSignal: SIGTERM, grace: .seconds(20))
    }

    private var text: String {
        """
        port 0
        unixsocket \(state.sockets)/redis.sock
        unixsocketperm 700
        dir \(state.path)/redis
        appendonly yes
        appendfsync everysec
        maxmemory-policy noeviction
        save ""
        daemonize no

        """
    }
}
