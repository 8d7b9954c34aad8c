/// A gateway's file while it is read. Used by one thread.
final class GatewayReading {
    /// The path of the file.
    let file: String
    /// The value of a variable of the environment; `nil` when it is not set, or empty.
    let variable: (String) -> String?
    /// The files in which secrets stand, this one or others.
    private(set) var secretFiles: Set<String> = []

    init(_ file: String, variable: @escaping (String) -> String?) {
        self.file = file
        self.variable = variable
    }

    /// Notes that a file holds a secret.
    func foundSecret(in path: String) { secretFiles.insert(path) }
}
