import FoundationEssentials
import JSON

/// The vectors in `Tests/Fixtures/code-scoring`, which `make.py` there made with the libraries it names.
enum Vectors {
    static func load(_ name: String, file: String = #filePath) throws -> JSONValue {
        let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
        return try JSONParser.parse(
            Array(try Data(contentsOf: URL(filePath: "\(folder)/Fixtures/code-scoring/\(name).json"))))
    }
}

/// Whether two numbers are equal but for rounding.
func isClose(_ left: Double, _ right: Double, within tolerance: Double = 1e-9) -> Bool {
    abs(left - right) <= tolerance * max(1, abs(right))
}
