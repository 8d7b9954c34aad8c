package import Blobs
package import DaemonRuntime
package import EventLoop
package import Settings

/// Where the object storage is.
package struct BlobSettings: Sendable {
    /// The absolute path of the directory.
    package let directory: String

    /// How many files are read or written at the same time, and how many pieces wait.
    private static let threads = 2
    private static let queueLimit = 256

    package init(from scope: SettingsScope) throws(SettingsError) {
        directory = try scope.string(
            "directory", default: "/var/lib/scorable/blobs",
            help: "Where files such as exports are kept: a directory that the API server and the workers share.")
        guard directory.hasPrefix("/") else { throw scope.refusal("directory", expected: "an absolute path") }
    }

    /// Threads for what blocks on its files; they are the caller's to shut down.
    package func makeThreads() -> WorkerThreads {
        WorkerThreads(name: "blobs", count: Self.threads, queueLimit: Self.queueLimit)
    }
}

extension Composition {
    /// The daemon's object storage.
    package mutating func blobs(_ settings: BlobSettings) -> any BlobStore {
        let threads = settings.makeThreads()
        add(Service("object storage", stop: { _ in threads.shutdown() }))
        return LocalBlobs(directory: settings.directory, threads: threads)
    }
}
