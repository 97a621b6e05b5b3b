namespace WsActors.Topics;

/// <summary>The limits of the topics that clients may cause: <c>ws-actors.topics</c>.</summary>
/// <param name="MaxNameBytes">Longest name, in bytes of UTF-8.</param>
/// <param name="MaxPerConnection">Most topics of one connection.</param>
/// <param name="MaxPresenceBytes">Most bytes of UTF-8 that one membership shows of itself.</param>
/// <param name="MaxQueuedBytes">
/// Most bytes that wait for members to take them; past it, a publish of an actor without a connection of its own is refused.
/// </param>
internal sealed record TopicSettings(int MaxNameBytes, int MaxPerConnection, int MaxPresenceBytes, int MaxQueuedBytes);
