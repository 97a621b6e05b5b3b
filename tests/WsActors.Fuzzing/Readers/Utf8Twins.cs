using System.Text.Unicode;
using WsActors.Protocol.Messages;

namespace WsActors.Fuzzing.Readers;

/// <summary>
/// Text in pieces, to the fast validator, its slow twin and, at the end, the runtime's: all three agree after each piece.
/// </summary>
internal sealed class Utf8Twins : IReader
{
    private readonly List<byte> _text = [];
    private Utf8Validator _fast;
    private SlowUtf8 _slow;
    private bool _isRefused;

    public void Take(ReadOnlySpan<byte> chunk, Reading reading)
    {
        if (_isRefused)
        {
            return;
        }

        reading.StartStep();
        _isRefused = !_fast.TryAdvance(chunk);
        reading.EndStep();
        _text.AddRange(chunk);
        Reading.Require(_slow.TryAdvance(chunk) == !_isRefused, "The twins refuse the same pieces.");
        Reading.Require(_isRefused || _fast.IsComplete == _slow.IsComplete, "The twins see the same ends of characters.");
    }

    public void Finish(Reading reading)
    {
        var isText = !_isRefused && _fast.IsComplete;
        Reading.Require(isText == Utf8.IsValid([.. _text]), "The runtime agrees.");
        reading.End(_isRefused ? "refused" : isText ? "text" : "cut");
    }
}
