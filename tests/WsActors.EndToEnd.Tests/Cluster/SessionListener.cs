using System.Diagnostics;
using System.Globalization;
using Akka.Actor;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>
/// The handler of a client with a session to the echo: records every message that is not the next of its publisher, and answers some with
/// its own numbered messages, which must be echoed.
/// </summary>
internal sealed class SessionListener : UntypedActor
{
    /// <summary>Answered with <see cref="Figures"/>.</summary>
    public sealed record Ask
    {
        private Ask()
        {
        }

        public static Ask Instance { get; } = new();
    }

    /// <param name="Session">Its session, once something was published to it.</param>
    /// <param name="Last">The last message of the publisher; all earlier ones arrived once and in order, unless there is a fault.</param>
    /// <param name="Said">Its own messages.</param>
    /// <param name="Echoed">The messages that were echoed, once and in order, unless there is a fault.</param>
    /// <param name="LongestPause">The longest time without a message.</param>
    /// <param name="Fault">The first thing that was wrong; null for nothing.</param>
    public sealed record Figures(string? Session, long Last, long Said, long Echoed, TimeSpan LongestPause, string? Fault);

    private const int SaysAfter = 5;

    private const string Echo = "echo ";

    private long _last;

    private long _said;

    private long _echoed;

    private int _begun;

    private string? _session;

    private long? _since;

    private TimeSpan _longestPause;

    private string? _fault;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Ws.Opened: Require(++_begun == 1, "its session was lost"); break;
            case Ws.Received received:
                NotePause();
                Take(received.Text);
                break;
            case Ws.Closed closed: Require(false, $"its session was closed: {closed.Code} {closed.Reason}"); break;
            case Ws.SendFailed or Ws.ConnectFailed: Require(false, message.ToString()!); break; // It is a record.
            case Ask: Sender.Tell(new Figures(_session, _last, _said, _echoed, _longestPause, _fault)); break;
        }
    }

    private void Take(string text)
    {
        if (text.StartsWith(Echo, StringComparison.Ordinal))
        {
            var expected = OwnText(++_echoed);
            Require(text == expected, $"'{text}' came, and not '{expected}'");
            return;
        }

        _session ??= text[..text.IndexOf(' ', StringComparison.Ordinal)];
        var next = SessionPublisher.TextOf(_session, ++_last);
        Require(text == next, $"'{text}' came, and not '{next}'");
        if (_last % SaysAfter == 0)
        {
            Sender.Tell(Ws.Send.Text(OwnText(++_said)));
        }
    }

    private static string OwnText(long number) => Echo + number.ToString(CultureInfo.InvariantCulture);

    private void NotePause()
    {
        var now = Stopwatch.GetTimestamp();
        if (_since is { } since && Stopwatch.GetElapsedTime(since, now) is var pause && pause > _longestPause)
        {
            _longestPause = pause;
        }

        _since = now;
    }

    private void Require(bool holds, string otherwise) => _fault ??= holds ? null : otherwise;
}
