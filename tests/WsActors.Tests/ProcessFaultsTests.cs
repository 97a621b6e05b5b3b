using System.Net.Sockets;
using WsActors.Runtime;
using WsActors.Tests.Loopback;

namespace WsActors.Tests;

public sealed class ProcessFaultsTests
{
    private readonly ManualTime _time = new();

    private readonly ProcessFaults _faults;

    public ProcessFaultsTests() => _faults = new ProcessFaults(new Clock(_time));

    public static TheoryData<Exception, bool> Causes => new()
    {
        { new FileNotFoundException("Could not load file or assembly", "System.Security.Claims, Version=10.0.0.0, Culture=neutral"), true },
        { new FileNotFoundException("Could not find file", "/srv/users/ann.json"), false },
        { new FileNotFoundException("Could not find file"), false },
        { new FileLoadException(), true },
        { new TypeInitializationException("Handler", new DllNotFoundException()), true },
        { new DllNotFoundException(), true },
        { new SocketException((int)SocketError.TooManyOpenSockets), true },
        { new SocketException((int)SocketError.ConnectionRefused), false },
        { new IOException("Too many open files", 24), true },
        { new IOException("No space left", 28), false },
        { new AggregateException(new InvalidOperationException("", new BadImageFormatException())), true },
        { new InvalidOperationException(), false },
    };

    [Theory]
    [MemberData(nameof(Causes), DisableDiscoveryEnumeration = true)]
    public void Only_faults_that_a_peer_cannot_cause_count_for_the_process(Exception cause, bool isFault)
    {
        for (var i = 0; i < 3; i++)
        {
            _faults.Note(cause);
        }

        Assert.Equal(isFault, _faults.Current is not null);
    }

    [Fact]
    public void Two_faults_may_be_of_one_route_and_an_opened_upgrade_resets_the_count()
    {
        Fail(2);
        Assert.Null(_faults.Current);

        _faults.Opened();
        Fail(2);
        Assert.Null(_faults.Current);

        Fail(1);
        Assert.NotNull(_faults.Current);

        _faults.Opened();
        Assert.Null(_faults.Current);
    }

    [Fact]
    public void Upgrades_are_accepted_again_ten_seconds_after_the_last_fault()
    {
        Fail(3);
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.NotNull(_faults.Current);

        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Null(_faults.Current);

        Fail(1);
        Assert.NotNull(_faults.Current);
    }

    [Fact]
    public void A_lack_of_descriptors_ends_two_seconds_after_the_last_failed_socket_or_when_an_upgrade_opens()
    {
        _faults.NotAccepted();
        _faults.Opened();
        Assert.Null(_faults.Current);

        _faults.NotAccepted();
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.NotNull(_faults.Current);

        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Null(_faults.Current);
    }

    private void Fail(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _faults.Note(new FileLoadException());
        }
    }
}
