using WsActors.Conformance.Tests.Script;
using static WsActors.Conformance.Tests.Script.Vocabulary;

namespace WsActors.Conformance.Tests.Cases;

/// <summary>
/// One text, and three cases about it: whole, octet by octet within one frame, and across fragments with a ping between, whose pong says
/// that nothing was wrong so far. Of a bad text the latter two end with the bad octet, though their frame announces more.
/// </summary>
/// <param name="Notation">As in the table.</param>
/// <param name="Octets">All of the text.</param>
/// <param name="Good">The number of octets before the first bad one; null for a valid text.</param>
/// <param name="IsOpen">Whether it ends within a character: then only its end is wrong.</param>
internal sealed record Utf8Row(string Notation, byte[] Octets, int? Good, bool IsOpen)
{
    public static Utf8Row Parse(string notation)
    {
        var hex = notation.Replace(" ", "", StringComparison.Ordinal);
        var mark = hex.IndexOf('!', StringComparison.Ordinal);
        return new(
            notation,
            Convert.FromHexString(hex.Replace("!", "", StringComparison.Ordinal).TrimEnd('?')),
            mark < 0 ? null : (mark / 2) - 1,
            hex.EndsWith('?'));
    }

    public IEnumerable<Case> Cases(string id, string title) => this switch
    {
        { Good: { } good } => Bad(id, $"{title}: {Notation}", good),
        { IsOpen: true } => Open(id, $"{title}: {Notation}"),
        _ => Valid(id, $"{title}: {Notation}"),
    };

    private IEnumerable<Case> Valid(string id, string name) =>
    [
        new(id, name, Send(Text(Octets)), Returns(Text(Octets))),
        new(id + "a", $"{name}, octet by octet", Send(Text(Octets)).OctetWise, Returns(Text(Octets))),
        new(id + "b", $"{name}, in fragments of one octet and pings between",
        [
            .. Octets.Select((octet, i) => new Step(Send(Fragment(i, new[] { octet }), Ping("fine?")), Returns(Pong("fine?")))),
            new(Send(Continuation("")), Returns(Text(Octets))),
        ]),
    ];

    private IEnumerable<Case> Open(string id, string name) =>
    [
        new(id, name, Send(Text(Octets)), Closes(1007)),
        new(id + "a", $"{name}, octet by octet", Send(Text(Octets)).OctetWise, Closes(1007)),
        new(id + "b", $"{name}, and an empty last fragment",
        [
            new(Send(Fragment(0, Octets), Ping("fine?")), Returns(Pong("fine?"))),
            new(Send(Continuation("")), Closes(1007)),
        ]),
    ];

    private IEnumerable<Case> Bad(string id, string name, int good)
    {
        ReadOnlyMemory<byte> goesOn = (byte[])[.. Octets, .. " and on"u8];
        return
        [
            new(id, name, Send(Text(Octets)), Closes(1007)),
            new(id + "a", $"{name}, octet by octet up to the bad one",
                Send(Text(goesOn) with { Sent = ..(good + 1) }).OctetWise, Closes(1007)),
            new(id + "b", $"{name}, the bad octet first in a fragment",
            [
                new(Send(Fragment(0, goesOn[..good]), Ping("fine?")), Returns(Pong("fine?"))),
                new(Send(Continuation(goesOn[good..]) with { Sent = ..1 }), Closes(1007)),
            ]),
        ];
    }

    private static Frame Fragment(int index, ReadOnlyMemory<byte> octets) =>
        (index == 0 ? Text(octets) : Continuation(octets)).ToBeContinued;
}
