namespace WsActors.Interleavings.Exploring;

/// <summary>The next shared step of a thread.</summary>
/// <param name="Resource">What it touches: two steps on one resource may give another result in the other order, unless both only
/// read.</param>
/// <param name="Name">For the trace of a failure.</param>
/// <param name="Part">The part of the resource that it touches; null for all of it.</param>
/// <param name="IsRead">Whether it changes nothing.</param>
/// <param name="IsEnabled">Whether it can happen now; null for always.</param>
/// <param name="MayRest">Whether a thread may wait here for ever, as a poller without events does.</param>
internal sealed record Operation(
    object? Resource, string Name, object? Part = null, bool IsRead = false, Func<bool>? IsEnabled = null, bool MayRest = false)
{
    public bool CanRun => IsEnabled is null || IsEnabled();

    /// <summary>Whether it touches nothing that another thread could: then it needs no other order.</summary>
    public bool IsLocal => Resource is null;

    public bool IsIndependentOf(Operation other) =>
        IsLocal
        || !Equals(Resource, other.Resource)
        || (IsRead && other.IsRead)
        || (Part is not null && other.Part is not null && !Equals(Part, other.Part));
}
