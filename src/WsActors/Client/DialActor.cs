using System.Diagnostics.CodeAnalysis;
using System.Net;
using Akka.Actor;
using Akka.Event;
using Akka.IO;
using WsActors.Runtime;

namespace WsActors.Client;

/// <summary>
/// Dials one server for its parent, which is told the outcome once: <c>Tcp.Connected</c> by the first connected socket, or
/// <see cref="Failed"/>. The addresses of a name are tried by RFC 8305 (Happy Eyeballs), over any byte source. Attempts without an outcome
/// end with this actor.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "An actor disposes its resources when it stops.")]
internal sealed class DialActor : UntypedActor, IWithTimers
{
    /// <summary>No attempt got a socket.</summary>
    /// <param name="Cause">The cause and the cure, as the rest of a sentence.</param>
    internal sealed record Failed(string Cause) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>
    /// The parent has registered for its socket: other attempts are canceled, and then this actor stops. If it stopped before that, Akka.IO
    /// would close the socket.
    /// </summary>
    internal sealed record Registered : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        private Registered()
        {
        }

        public static Registered Instance { get; } = new();
    }

    /// <summary>The actor's name, below its connection.</summary>
    public const string Name = "dial";

    /// <summary>The delay after which the next address is tried beside a pending attempt (RFC 8305 §5).</summary>
    private static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    // LookingUp --addresses--> Dialing --first socket--> Answered --registered, and all attempts answered--> (stopped)
    //     \--none, or timeout--> Answered  \--all failed, or timeout--> Answered

    private readonly ClientEndpointContext _client;

    private readonly DialAttempts _attempts;

    private readonly Queue<EndPoint> _untried = new();

    private readonly CancellationTokenSource _lookUp = new();

    private ICancelable? _timeIsUp;

    public DialActor(ClientEndpointContext client) =>
        (_client, _attempts) = (client, new DialAttempts(isName: client.NameToLookUp is not null));

    public ITimerScheduler Timers { get; set; } = null!; // Akka sets it.

    public static Props PropsFor(ClientEndpointContext client) => Props.Create<DialActor>(client).WithDeploy(Deploy.Local);

    protected override void PreStart()
    {
        _timeIsUp = _client.Clock.TellOnce(Context.System.Scheduler, _client.Options.ConnectTimeout, Self, TimeIsUp.Instance);
        if (_client.NameToLookUp is not { } name)
        {
            Try([_client.Server.EndPoint]);
            return;
        }

        Become(message => LookingUp(message, name.Port));
        _client.LookUpAsync(name.Host, _lookUp.Token)
            .PipeTo(Self, success: static addresses => new Found(addresses), failure: static _ => new Found([]));
    }

    protected override void PostStop()
    {
        _timeIsUp?.Cancel();
        _lookUp.Cancel();
        _lookUp.Dispose();
        _attempts.CancelAll();
    }

    protected override void OnReceive(object message) => Unhandled(message);

    private void LookingUp(object message, int port)
    {
        switch (message)
        {
            case Found { Addresses: [] }: Fail(DialAttempts.UnknownName); break;
            case Found found: Try(AddressOrder.From(found.Addresses).Select(address => new IPEndPoint(address, port))); break;
            case TimeIsUp: Fail("its name was not looked up in time; check whether the name servers of this machine respond"); break;
            default: Unhandled(message); break;
        }
    }

    private void Try(IEnumerable<EndPoint> addresses)
    {
        foreach (var address in addresses)
        {
            _untried.Enqueue(address);
        }

        Become(Dialing);
        TryNext();
    }

    private void Dialing(object message)
    {
        switch (message)
        {
            case Tcp.Connected:
                _attempts.Succeed();
                Context.Parent.Forward(message);
                Become(next => Answered(next, isRegistered: false));
                break;
            case Tcp.CommandFailed { Cmd: Tcp.Connect } failed:
                _attempts.Fail(failed);
                TryNext();
                break;
            case TryAnother: TryNext(); break;
            case TimeIsUp: Fail(_attempts.Cause); break;
            default: Unhandled(message); break;
        }
    }

    private void TryNext()
    {
        if (_untried.TryDequeue(out var address))
        {
            _client.Source.Tell(_client.ToTcp(address, _attempts.Start(address)), Self);
        }
        else if (_attempts.InFlight == 0)
        {
            Fail(_attempts.Cause);
        }

        if (_untried.Count > 0)
        {
            // Replaces the timer that the previous attempt has started.
            Timers.StartSingleTimer(nameof(TryAnother), TryAnother.Instance, AttemptDelay);
        }
    }

    private void Fail(string cause)
    {
        Context.Parent.Tell(new Failed(cause), Self);
        Become(next => Answered(next, isRegistered: false));
    }

    /// <summary>
    /// The parent was told the outcome. Attempts may still be pending. After a failure the parent stops, and this actor with it.
    /// </summary>
    private void Answered(object message, bool isRegistered)
    {
        switch (message)
        {
            case Registered:
                isRegistered = true;
                Become(next => Answered(next, isRegistered: true));
                _attempts.CancelAll();
                break;
            case Tcp.Connected:
                _attempts.Succeed();
                Sender.Tell(Tcp.Abort.Instance, Self);
                break;
            case Tcp.CommandFailed { Cmd: Tcp.Connect } failed: _attempts.Fail(failed); break;
        }

        if (isRegistered && _attempts.InFlight == 0)
        {
            Context.Stop(Self);
        }
    }

    private sealed record Found(IPAddress[] Addresses) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record TryAnother : INoSerializationVerificationNeeded
    {
        private TryAnother()
        {
        }

        public static TryAnother Instance { get; } = new();
    }

    private sealed record TimeIsUp : INoSerializationVerificationNeeded
    {
        private TimeIsUp()
        {
        }

        public static TimeIsUp Instance { get; } = new();
    }
}
