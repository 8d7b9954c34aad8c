package import Tenancy

package typealias ObjectiveID = EntityID<Objective>
package typealias ObjectiveVersionID = EntityID<ObjectiveVersion>
package typealias EvaluatorID = EntityID<Evaluator>
package typealias EvaluatorVersionID = EntityID<EvaluatorVersion>
package typealias JudgeID = EntityID<Judge>
package typealias JudgeVersionID = EntityID<JudgeVersion>
package typealias ModelID = EntityID<Model>
package typealias ProviderID = EntityID<Provider>
/// A dataset; what it holds is not this module's business.
package typealias DatasetID = EntityID<DatasetMarker>
/// An uploaded file; what it holds is not this module's business.
package typealias FileID = EntityID<FileMarker>

/// Names the kind of a ``DatasetID``.
package enum DatasetMarker {}
/// Names the kind of a ``FileID``.
package enum FileMarker {}
