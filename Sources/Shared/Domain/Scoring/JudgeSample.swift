/// A made-up request with a response that a judge should find good or bad.
package struct JudgeSample: Codable, Sendable, Hashable {
    /// How a judge should find the response.
    package enum Quality: String, Codable, Sendable, Hashable {
        case high, low
    }

    package let quality: Quality
    package let request: String
    package let response: String

    package init(quality: Quality, request: String, response: String) {
        self.quality = quality
        self.request = request
        self.response = response
    }
}

/// The samples of one judge.
package struct JudgeSampleSet: Codable, Sendable, Hashable {
    package let name: String
    package let description: String
    package let samples: [JudgeSample]

    package init(name: String, description: String, samples: [JudgeSample]) {
        self.name = name
        self.description = description
        self.samples = samples
    }
}

/// How the samples of a judge stand.
package enum JudgeSampleStanding: Sendable, Hashable {
    /// They are being written.
    case pending
    case ready(JudgeSampleSet)
    /// They could not be written, and why.
    case failed(String)
}
