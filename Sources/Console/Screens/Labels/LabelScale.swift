import Terminal
import WireAPI

extension OperatorScale {
    /// What it takes, in a few words.
    var words: String {
        switch kind {
        case .continuous: "\(Formats.compact(minimum)) to \(Formats.compact(maximum))"
        case .binary, .categorical: categories.map(\.label).joined(separator: ", ")
        }
    }
}

/// Which key is which answer on a scale: one key an answer, so that labelling is as fast as reading.
///
/// Two answers have `y` and `n`, the higher one `y`. Up to ten labels have 1 to 9 and 0, in the order in which they are
/// offered, and letters behind those that mean nothing else while labelling. A continuous scale has eleven steps: 0 for the least, 1 to 9 in between, and `=` for the greatest.
struct LabelKeys: Sendable {
    /// An answer with its key.
    struct Answer: Sendable, Hashable {
        let key: Unicode.Scalar
        let value: Double
        let label: String
    }

    let answers: [Answer]

    init(_ scale: OperatorScale) {
        switch scale.kind {
        case .binary:
            let sorted = scale.categories.sorted { $0.value > $1.value }
            answers = zip("yn".unicodeScalars, sorted).map { Answer(key: $0, value: $1.value, label: $1.label) }
        case .categorical:
            answers = zip("1234567890abcdfghilmnoptvwxyz".unicodeScalars, scale.categories).map {
                Answer(key: $0, value: $1.value, label: $1.label)
            }
        case .continuous:
            let span = scale.maximum - scale.minimum
            answers = zip("0123456789=".unicodeScalars, 0...10).map { key, step in
                let value = step == 10 ? scale.maximum : scale.minimum + span * Double(step) / 10
                return Answer(key: key, value: value, label: Formats.compact(value))
            }
        }
    }

    /// The answer of a key.
    func answer(to key: Key) -> Answer? {
        guard case .character(let scalar) = key.code, key.modifiers == [] else { return nil }
        return answers.first { $0.key == scalar }
    }
}
