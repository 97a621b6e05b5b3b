using System.Text.Json.Serialization;

namespace WsActors.Tests.Json;

/// <summary>The metadata of the types that these tests send and read.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(Bid))]
[JsonSerializable(typeof(Shape))]
[JsonSerializable(typeof(StrictBid))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(List<Bid>))]
[JsonSerializable(typeof(Dictionary<string, int>))]
internal sealed partial class AppJson : JsonSerializerContext;
