import FoundationEssentials
import JSON

/// The vectors in `Tests/Fixtures/statistics/golden.json`, which scipy, scikit-learn, statsmodels, krippendorff, pingouin
/// and irrCAC made, together with numpy and what each names.
struct Golden {
    private let input: JSONValue
    private let expected: JSONValue

    init(_ name: String, file: String = #filePath) throws {
        let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
        let bytes = Array(try Data(contentsOf: URL(filePath: "\(folder)/Fixtures/statistics/golden.json")))
        let vector = try JSONParser.parse(bytes)[name]
        guard let input = vector?["input"], let expected = vector?["expected"] else {
            throw Missing(name: name)
        }
        self.input = input
        self.expected = expected
    }

    struct Missing: Error { let name: String }

    func numbers(_ key: String) -> [Double] { input[key]?.arrayValue?.compactMap(\.doubleValue) ?? [] }
    func integers(_ key: String) -> [Int] { numbers(key).map(Int.init) }
    func table(_ key: String) -> [[Double?]] {
        input[key]?.arrayValue?.map { $0.arrayValue?.map(\.doubleValue) ?? [] } ?? []
    }
    func fullTable(_ key: String) -> [[Double]] { table(key).map { $0.compactMap { $0 } } }
    func truths(_ key: String) -> [Bool] { numbers(key).map { $0 == 1 } }

    func named(_ key: String) -> [(name: String, value: Double)] {
        input[key]?.objectValue?.members.compactMap { member in member.value.doubleValue.map { (member.key, $0) } }
            ?? []
    }

    func expectsTable(_ key: String) throws -> [[Double]] {
        guard let rows = expected[key]?.arrayValue else { throw Missing(name: key) }
        return rows.map { $0.arrayValue?.compactMap(\.doubleValue) ?? [] }
    }

    /// The number that is expected.
    func expects(_ key: String) throws -> Double {
        guard let value = expected[key]?.doubleValue else { throw Missing(name: key) }
        return value
    }

    func expectsNumbers(_ key: String) throws -> [Double] {
        guard let values = expected[key]?.arrayValue?.compactMap(\.doubleValue) else { throw Missing(name: key) }
        return values
    }
}

/// Whether two numbers are equal but for rounding.
func isClose(_ left: Double, _ right: Double, within tolerance: Double = 1e-9) -> Bool {
    abs(left - right) <= tolerance * max(1, abs(right))
}
