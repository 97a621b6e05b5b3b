namespace WsActors.Topics;

/// <summary>The limits of topics: <c>ws-actors.topics</c>.</summary>
/// <param name="MaxNameBytes">The longest name, in bytes of UTF-8.</param>
/// <param name="MaxPerConnection">The largest number of topics of one connection.</param>
/// <param name="MaxPresenceBytes">The largest presence data of one member, in bytes of UTF-8.</param>
/// <param name="MaxQueuedBytes">
/// The largest publish backlog in bytes, of one handler and of all actors without a connection of their own together. Beyond it their
/// publishes are refused.
/// </param>
internal sealed record TopicSettings(int MaxNameBytes, int MaxPerConnection, int MaxPresenceBytes, int MaxQueuedBytes);
