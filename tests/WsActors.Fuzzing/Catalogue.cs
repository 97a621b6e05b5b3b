using WsActors.Fuzzing.Inputs;
using WsActors.Fuzzing.Readers;
using WsActors.Protocol;
using WsActors.Protocol.Handshake;
using WsActors.Protocol.Messages;

namespace WsActors.Fuzzing;

/// <summary>All targets. A new parser is one more line here, and from then on is part of the tests and of the long run.</summary>
internal static class Catalogue
{
    /// <summary>Small, so that random inputs meet both sides of each limit.</summary>
    private static readonly MessageLimits FewBytes = new() { MaxMessageBytes = 400, MaxFragments = 5 };

    /// <summary>The defaults: an announced length may be large, and allocates nothing before its bytes arrive.</summary>
    private static readonly MessageLimits ManyBytes = new();

    /// <summary>Messages of any length, of which little is held.</summary>
    private static readonly MessageLimits Chunks = FewBytes with { MaxChunkBytes = 40 };

    private static readonly RequestLimits FewHeaders = new() { MaxRequestLineBytes = 200, MaxHeaderBytes = 1000, MaxHeaders = 20 };

    private static readonly RequestLimits ManyHeaders = new();

    /// <summary>A violation, and nothing else.</summary>
    private static readonly MemoryBound Frames = new(Fixed: 100, PerByte: 0);

    /// <summary>A message of one byte costs an array of 32; one that grows by doubling, four times its bytes.</summary>
    private static readonly MemoryBound SmallMessages = new(Fixed: 1000, PerByte: 16, BetweenFacts: 4 * FewBytes.MaxMessageBytes);

    /// <summary>In addition the 64 KiB up to which a claim is believed.</summary>
    private static readonly MemoryBound LargeMessages = new(Fixed: 70_000, PerByte: 16);

    /// <summary>
    /// In addition the decompressor of .NET, whose window is not on its heap and does not count here. A few bytes may become a whole
    /// message.
    /// </summary>
    private static readonly MemoryBound SmallDeflate = new(Fixed: 4000, PerByte: 100, BetweenFacts: 4 * FewBytes.MaxMessageBytes + 4000);

    /// <summary>DEFLATE makes 1032 bytes of one at most.</summary>
    private static readonly MemoryBound LargeDeflate = new(Fixed: 200_000, PerByte: 4 * 1032, BetweenFacts: 4 * ManyBytes.MaxMessageBytes);

    /// <summary>
    /// Each line as two strings in a list; each offered subprotocol in a list and a set. The total is a few times the limits.
    /// </summary>
    private static readonly MemoryBound SmallHeads = new(Fixed: 4000, PerByte: 40, BetweenFacts: 16_000);

    private static readonly MemoryBound SmallSessions = new(
        SmallHeads.Fixed + SmallDeflate.Fixed,
        SmallHeads.PerByte + SmallDeflate.PerByte,
        SmallHeads.BetweenFacts + SmallDeflate.BetweenFacts);

    /// <summary>A token and an epoch as text; and the frame written again.</summary>
    private static readonly MemoryBound SessionFrames = new(Fixed: 2000, PerByte: 10);

    private static readonly MemoryBound LargeHeads = new(Fixed: 4000, PerByte: 40);

    public static IReadOnlyList<Target> Targets { get; } =
    [
        new("request", static () => new RequestReader(FewHeaders), RandomHeads.Request, ValidInputs.Requests, SmallHeads),
        new("request-large", static () => new RequestReader(ManyHeaders), RandomHeads.Request, ValidInputs.Requests, LargeHeads),
        new("response", static () => new ResponseReader(FewHeaders), RandomHeads.Response, ValidInputs.Responses, SmallHeads),
        new("frames-server", static () => new FrameReader(Role.Server), RandomFrames.OfClient, ValidInputs.OfClient, Frames),
        new("frames-client", static () => new FrameReader(Role.Client), RandomFrames.OfServer, ValidInputs.OfServer, Frames),
        new(
            "stream-server",
            static () => new MessageReader(Role.Server, FewBytes),
            RandomFrames.OfClient,
            ValidInputs.OfClient,
            SmallMessages),
        new(
            "stream-client",
            static () => new MessageReader(Role.Client, FewBytes),
            RandomFrames.OfServer,
            ValidInputs.OfServer,
            SmallMessages),
        new(
            "stream-large",
            static () => new MessageReader(Role.Server, ManyBytes),
            RandomFrames.OfClient,
            ValidInputs.OfClient,
            LargeMessages),
        new(
            "chunks-server",
            static () => new MessageReader(Role.Server, Chunks),
            RandomFrames.OfClient,
            ValidInputs.OfClient,
            SmallMessages),
        new(
            "session-server",
            static () => new ServerSession(FewHeaders, FewBytes),
            RandomHeads.Client,
            ValidInputs.WholeOfClient,
            SmallSessions),
        new(
            "session-client",
            static () => new ClientSession(FewHeaders, FewBytes),
            RandomHeads.Server,
            ValidInputs.WholeOfServer,
            SmallSessions),
        new("written-again", static () => new WrittenAgain(FewBytes), RandomFrames.OfClient, ValidInputs.OfClient, SmallMessages),
        new("extensions", static () => new ExtensionReader(), RandomHeads.Extensions, ValidInputs.Extensions, SmallHeads),
        new(
            "deflate-server",
            static () => Deflate(Role.Server, FewBytes, false),
            RandomDeflate.OfClient,
            ValidInputs.DeflateOfClient,
            SmallDeflate),
        new(
            "deflate-client",
            static () => Deflate(Role.Client, FewBytes, true),
            RandomDeflate.OfServer,
            ValidInputs.DeflateOfServer,
            SmallDeflate),
        new(
            "deflate-large",
            static () => Deflate(Role.Server, ManyBytes, true),
            RandomDeflate.Large,
            ValidInputs.DeflateOfClient,
            LargeDeflate),
        new(
            "deflate-chunks",
            static () => Deflate(Role.Server, Chunks, false),
            RandomDeflate.OfClient,
            ValidInputs.DeflateOfClient,
            SmallDeflate),
        new("masking", static () => new MaskingTwins(), RandomText.Bytes, ValidInputs.OfClient, new(Fixed: 0, PerByte: 0)),
        new(
            "subprotocol-server",
            static () => new SessionReader(Role.Client),
            RandomSessionFrames.OfClient,
            ValidInputs.FramesOfClient,
            SessionFrames),
        new(
            "subprotocol-client",
            static () => new SessionReader(Role.Server),
            RandomSessionFrames.OfServer,
            ValidInputs.FramesOfServer,
            SessionFrames),
        new("utf8", static () => new Utf8Twins(), RandomText.Utf8, ValidInputs.Texts, new(Fixed: 0, PerByte: 0)),
    ];

    private static MessageReader Deflate(Role role, MessageLimits limits, bool keepsContext) => new(role, limits, new(keepsContext));

    public static Target Named(string name) => Targets.Single(target => target.Name == name);
}
