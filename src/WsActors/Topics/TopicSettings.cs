namespace WsActors.Topics;

/// <summary>What bounds the topics that clients may cause: <c>ws-actors.topics</c>.</summary>
/// <param name="MaxNameBytes">Longest name, in bytes of UTF-8.</param>
/// <param name="MaxPerConnection">Most topics of one connection.</param>
/// <param name="MaxPresenceBytes">Most bytes of UTF-8 that one membership shows of itself.</param>
internal sealed record TopicSettings(int MaxNameBytes, int MaxPerConnection, int MaxPresenceBytes);
