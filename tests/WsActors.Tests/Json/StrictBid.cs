using System.Text.Json.Serialization;

namespace WsActors.Tests.Json;

/// <summary>A message that allows no further property.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record StrictBid(int Amount);
