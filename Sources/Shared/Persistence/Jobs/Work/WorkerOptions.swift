package import Queueing

/// How a worker works.
package struct WorkerOptions: Sendable {
    /// What it is called: different for each process.
    package var name: String
    /// The release that it is of, its machine and its process, for those who look.
    package var release: String
    package var host: String
    package var pid: Int
    /// The queues that it serves.
    package var queues: [QueueName]
    /// How many jobs it does at once.
    package var slots: Int
    /// How long after its last heartbeat it counts as gone.
    package var lease: Duration

    /// The usual worker: all built-in queues, sixteen jobs at once, gone after four seconds.
    package init(
        name: String, release: String, host: String = "", pid: Int = 0, queues: [QueueName] = QueueName.builtIn,
        slots: Int = 16, lease: Duration = .seconds(4)
    ) {
        precondition(!queues.isEmpty, "a worker serves at least one queue")
        self.name = name
        self.release = release
        self.host = host
        self.pid = pid
        self.queues = queues
        self.slots = max(1, slots)
        self.lease = lease
    }

    /// How often it says that it is alive. However long a lease is: with its beat it also hears that Redis begins anew.
    var beat: Duration { min(lease / 3, .milliseconds(1333)) }
    /// Without a heartbeat for so long nothing new is begun: the lease might end before the next one.
    var trust: Duration { lease / 2 }
    /// Without any sign of progress for so long it counts as stuck.
    var patience: Duration { lease * 3 }
    /// How many jobs may wait for their commit beside those that run.
    var backlog: Int { max(100, slots) }
}
