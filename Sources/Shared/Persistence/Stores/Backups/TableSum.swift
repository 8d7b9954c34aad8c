/// What a table held: how many rows, and a sum over the contents of all of them or, of a large one, of those in some of its
/// blocks.
package struct TableSum: Codable, Sendable, Hashable {
    package let table: String
    package let rows: Int
    /// Of hashes of whole rows, in decimal digits.
    package let sum: String
    /// Which blocks of the table are summed up; `nil` for all.
    package let blocks: [Int]?
}
