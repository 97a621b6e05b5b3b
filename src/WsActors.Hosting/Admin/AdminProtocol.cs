using System.Text.Json;
using System.Text.Json.Serialization;

namespace WsActors.Hosting.Admin;

/// <summary>
/// The messages between the admin page and its server: text, each a JSON object with a <c>type</c>. <c>docs/admin.md</c> lists them. A
/// question has an <c>id</c>, and its answer has the same. Of each type the newest question replaces the one that waits.
/// </summary>
internal static partial class AdminProtocol
{
    /// <summary>
    /// The longest message of a page, in UTF-16 units. A cursor may hold a user's name, as long as the headers of a request.
    /// </summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>The longest name of a user that the page can kick. A row shows the start of a longer one.</summary>
    public const int MaxUserLength = 256;

    /// <summary>Parses the message of a page; null when it is not part of the protocol.</summary>
    public static Request? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, AdminJson.Default.Request);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>
    /// Loads the assemblies of the JSON serializer while files can be opened: .NET never retries an assembly that it once failed to load.
    /// </summary>
    public static void Prepare()
    {
        Encode(new TokenNeeded());
        Parse("""{"type":"overview","id":0}""");
    }

    /// <summary>Encodes a message to the page. The default encoder escapes what HTML could read.</summary>
    public static Ws.Send Encode(Answer answer) => Ws.Send.Json(answer, AdminJson.Default.Answer) with { Compress = false };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 8,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(AdminProtocol.Request))]
[JsonSerializable(typeof(AdminProtocol.Answer))]
internal sealed partial class AdminJson : JsonSerializerContext;
