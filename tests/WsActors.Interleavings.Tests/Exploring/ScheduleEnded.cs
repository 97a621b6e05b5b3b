namespace WsActors.Interleavings.Exploring;

/// <summary>
/// Unwinds a thread of a schedule that has ended. Code of ours catches everything but <see cref="OutOfMemoryException"/>.
/// </summary>
internal sealed class ScheduleEnded : OutOfMemoryException;
