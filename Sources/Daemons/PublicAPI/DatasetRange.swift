internal import HTTPServing
internal import WireAPI

extension DatasetRangeBody {
    /// Places in a dataset, counted from 0.
    /// - Throws: `APIProblem` naming `field`, for those that no dataset has.
    func places(_ field: String) throws(APIProblem) -> ClosedRange<Int> {
        guard start >= 0, start <= end, end <= Int32.max else {
            throw .invalid(
                field, "Give a start of at least 0, and an end that is not before it and at most \(Int32.max).")
        }
        return start...end
    }
}
