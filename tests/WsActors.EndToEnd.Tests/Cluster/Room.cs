using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using WsActors.Tests.Loopback;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>
/// Seven people who write throughout. They connect to all three machines, and their sessions are distributed over all three nodes: of the
/// partitioned one, some have the connection, some the session, some both, and some neither.
/// </summary>
internal sealed class Room : IAsyncDisposable
{
    private readonly List<Chatter> _all = [];

    private readonly Machine _lost;

    private Room(Machine lost) => _lost = lost;

    /// <summary>Connects all, and waits until each has got a line of each.</summary>
    /// <param name="people">Their actors.</param>
    /// <param name="machines">All.</param>
    /// <param name="lost">The one that will be cut off.</param>
    public static async Task<Room> EnterAsync(ActorSystem people, Machines machines, Machine lost)
    {
        var room = new Room(lost);
        try
        {
            // A connection through a node proves that the node hosts sessions: later sessions are distributed over all such nodes.
            Machine[] ways = [.. machines.All, .. machines.All, lost];
            foreach (var (name, by) in new[] { "Ann", "Bob", "Cy", "Dan", "Eve", "Flo", "Gil" }.Zip(ways))
            {
                room._all.Add(await Chatter.EnterAsync(people, machines, name, by));
            }

            room._all.ForEach(static one => one.Talk());
            await room.ExpectAllHeardAsync();
            await room.ExpectPresenceAsync();
            return room;
        }
        catch
        {
            await room.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Waits until everyone comes by the two others, and hears everyone. Whose session was on the lost node has a new one, and whose
    /// connection alone was there has gone on with its own.
    /// </summary>
    public async Task ExpectOnMajorityAsync()
    {
        var concerned = _all.Where(one => one.By == _lost).ToList();
        await Eventually.Holds(
            () => _all.TrueForAll(one => one.By is { } by && by != _lost), () => $"not all are with the majority:\n{this}");
        await ExpectAllHeardAsync();
        await ExpectPresenceAsync();
        Assert.All(_all, static one => Assert.InRange(one.Sessions, 1, 2));
        Assert.Contains(_all, static one => one.Sessions == 1);
        Assert.Contains(_all, static one => one.Sessions == 2);
        Assert.All(concerned, static one => Assert.NotEmpty(one.Returns));

        // People without a connection or session on the lost node did not notice.
        var others = _all.Where(static one => one.Returns.IsEmpty).ToList();
        Assert.All(Pairs(others), static pair =>
        {
            var numbers = pair.Listener.Of(pair.Speaker.Name).Numbers;
            Assert.Equal(Enumerable.Range(numbers[0], numbers.Length), numbers);
        });
    }

    /// <summary>Adds one more person, who gets all lines and is heard by all, for longer than the failure detection takes.</summary>
    public async Task WelcomeAsync(Chatter newcomer)
    {
        _all.Add(newcomer);
        newcomer.Talk();
        await Eventually.Holds(() => newcomer.Said >= 50, () => $"{newcomer.Name} does not talk");
        await ExpectAllHeardAsync();
        await ExpectPresenceAsync();
    }

    /// <summary>Stops all, and checks the lines that each has got of each.</summary>
    /// <returns>The number of lines.</returns>
    public async Task<string> ExpectNothingTwiceAsync()
    {
        await Task.WhenAll(_all.Select(static one => one.HushAsync()));
        await SayUntilHeardAsync();
        var heard = 0;
        foreach (var (listener, speaker) in Pairs(_all))
        {
            var numbers = listener.Of(speaker.Name).Numbers;
            Assert.True(
                numbers.Zip(numbers.Skip(1)).All(static pair => pair.First < pair.Second),
                $"{listener.Name} heard {speaker.Name} say {string.Join(' ', numbers)}");
            heard += numbers.Length;
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{_all.Sum(static one => one.Said)} numbers were said, of which {_all.Sum(static one => one.Uncertain)} went with a lost "
                + $"session, and heard {heard} times, none twice; {_all.Sum(static one => one.Sessions - 1)} sessions were lost");
    }

    public override string ToString() => string.Join('\n', _all);

    public async ValueTask DisposeAsync() => await Task.WhenAll(_all.Select(static one => one.DisposeAsync().AsTask()));

    private static IEnumerable<(Chatter Listener, Chatter Speaker)> Pairs(List<Chatter> all) =>
        from listener in all from speaker in all select (listener, speaker);

    /// <summary>Waits until each has got from each all lines from now on or, of a silent one, the last line.</summary>
    private async Task ExpectAllHeardAsync()
    {
        var now = _all.ToDictionary(static one => one, static one => Math.Max(1, one.Said));
        await Eventually.Holds(
            () => Pairs(_all).All(pair => pair.Listener.Of(pair.Speaker.Name).Last >= now[pair.Speaker]),
            () => $"not all hear all:\n{this}");
    }

    /// <summary>
    /// Waits until each has got the last line of each. A session that moves to the restarted node misses lines sent meanwhile, among them
    /// perhaps a last number: then the person says one more.
    /// </summary>
    private async Task SayUntilHeardAsync()
    {
        var next = Stopwatch.StartNew();
        await Eventually.Holds(
            () =>
            {
                if (next.Elapsed > TimeSpan.FromSeconds(5))
                {
                    _all.ForEach(static one => one.SayOne());
                    next.Restart();
                }

                return Pairs(_all).All(static pair => pair.Listener.Of(pair.Speaker.Name).Last >= pair.Speaker.Said);
            },
            () => $"not all hear all:\n{this}");
    }

    private Task ExpectPresenceAsync()
    {
        var names = _all.Select(static one => one.Name).Order().ToArray();
        return Eventually.Holds(() => _all.TrueForAll(one => one.Here.SequenceEqual(names)), () => $"not all see all:\n{this}");
    }
}
