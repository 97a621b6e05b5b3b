using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>
/// The timed records of chat pages: the bytes of their servers at the relay, and the frames in each page. For a failed test, it shows
/// whether a server was silent, a page was stuck, or both.
/// </summary>
internal sealed class Diary
{
    private const string HowItIs = "`${document.body.dataset.state}, ${document.querySelectorAll('#log .entry').length} entries`";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<string> _lines = [];

    private readonly List<(string Name, IPage Page)> _pages = [];

    private int _connections;

    private volatile bool _isTold;

    public Diary() => _ = BeatAsync();

    /// <summary>For a <see cref="Relay"/>: records a server's bytes to one more connection.</summary>
    public Action<ReadOnlyMemory<byte>> Listen()
    {
        var number = Interlocked.Increment(ref _connections);
        return bytes => Note($"connection {number} was passed {bytes.Length} bytes");
    }

    /// <summary>Records the frames of a page's next sockets.</summary>
    public void Follow(string name, IPage page)
    {
        _pages.Add((name, page));
        page.Crash += (_, _) => Note($"{name}'s page crashed");
        page.WebSocket += (_, socket) =>
        {
            Note($"{name} dials");
            socket.Close += (_, _) => Note($"{name}'s socket has ended");
            socket.FrameSent += (_, frame) => Note($"{name} > {Begin(frame.Text)}");
            socket.FrameReceived += (_, frame) => Note($"{name} < {Begin(frame.Text)}");
        };
    }

    /// <summary>Stops recording, and prints all records and the pages' current state.</summary>
    public async Task TellAsync(ITestOutputHelper output)
    {
        _isTold = true;
        var says = await Task.WhenAll(_pages.Select(async one => $"{one.Name}: {await AskAsync(one.Page)}"));
        foreach (var line in (string[])[.. _lines, .. says])
        {
            output.WriteLine(line);
        }
    }

    private static string Begin(string? text) => text is null ? "binary" : text[..Math.Min(text.Length, 60)].ReplaceLineEndings(" ");

    private static async Task<string> AskAsync(IPage page)
    {
        try
        {
            return await page.EvaluateAsync<string>(HowItIs).WaitAsync(Patience);
        }
        catch (Exception e) when (e is TimeoutException or PlaywrightException)
        {
            return $"the page does not answer: {e.Message}";
        }
    }

    /// <summary>Records freezes of this process, or of the whole machine.</summary>
    private async Task BeatAsync()
    {
        while (!_isTold)
        {
            var since = Stopwatch.GetTimestamp();
            await Task.Delay(Beat);
            if (Stopwatch.GetElapsedTime(since) is var time && time > 3 * Beat)
            {
                Note($"the test stood still for {time.TotalSeconds:0.0} s");
            }
        }
    }

    private void Note(string what) => _lines.Enqueue($"{DateTime.UtcNow.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)} {what}");
}
