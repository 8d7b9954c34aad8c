package import Scoring
package import Tenancy

/// How often executions of an organisation failed for one reason lately, and before.
package struct FailureTrend: Sendable, Hashable {
    package let organizationID: OrganizationID
    package let code: EvaluationFailure.Code
    package let provider: String?
    /// How many failed in the last minutes.
    package let recent: Int
    /// How many of as long a stretch failed on average in the hour before.
    package let usual: Double
    /// How many executions there were in the last minutes, failed or not.
    package let executions: Int

    package init(
        organizationID: OrganizationID, code: EvaluationFailure.Code, provider: String?, recent: Int, usual: Double,
        executions: Int
    ) {
        self.organizationID = organizationID
        self.code = code
        self.provider = provider
        self.recent = recent
        self.usual = usual
        self.executions = executions
    }

    /// Whether somebody should look: more than a handful, several times as many as usual, and not lost in the crowd.
    package var isSpike: Bool {
        recent >= 10 && Double(recent) >= 3 * usual && recent * 20 >= executions
    }

    /// Whether most executions fail for it.
    package var isMajority: Bool { recent * 2 >= executions }
}
