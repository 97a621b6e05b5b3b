using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using Akka.IO;
using WsActors.Runtime;

namespace WsActors.Transport.Sockets;

/// <summary>
/// Listens, and reports each accepted socket by <c>Tcp.Connected</c>. It owns the accepted sockets: they are reset when it stops, as by
/// Akka.IO. A child of its <see cref="SocketSourceActor"/>.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "An actor disposes of what it owns when it stops.")]
internal sealed class SocketListenerActor : UntypedActor, IWithTimers
{
    /// <summary>The message to the handler for each socket that the process has no descriptor for.</summary>
    internal sealed record OutOfDescriptors : INoSerializationVerificationNeeded
    {
        private OutOfDescriptors()
        {
        }

        public static OutOfDescriptors Instance { get; } = new();
    }

    /// <summary>No socket can be accepted for now.</summary>
    internal sealed record AcceptFailed(SocketError Error) : INoSerializationVerificationNeeded;

    /// <summary>The pause of accepting when the machine has no room for another socket.</summary>
    private static readonly TimeSpan AcceptRetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;

    private readonly EndPoint? _local;

    private readonly IActorRef _handler;

    private readonly LogThrottle _throttle = new(new Clock(TimeProvider.System));

    private readonly SocketRegistry _sockets;

    private readonly Acceptor _acceptor;

    private readonly ILoggingAdapter _log = Context.GetLogger();

    public SocketListenerActor(Socket socket, IActorRef handler, SocketRegistry open)
    {
        _socket = socket;
        _local = socket.LocalEndPoint;
        _sockets = open;
        _handler = handler;
        _acceptor = open.CreateAcceptor(socket, handler, Self);
        Context.Watch(handler);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="socket">The listening socket; owned by the actor from now on.</param>
    /// <param name="handler">The receiver of <c>Tcp.Connected</c>.</param>
    /// <param name="open">The registry of accepted sockets.</param>
    public static Props PropsFor(Socket socket, IActorRef handler, SocketRegistry open) =>
        Props.Create<SocketListenerActor>(socket, handler, open).WithDeploy(Deploy.Local);

    protected override void PreStart() => _acceptor.Accept();

    protected override void PostStop() => Close();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Tcp.Unbind:
                Close();
                Context.Stop(Self);
                Sender.Tell(Tcp.Unbound.Instance, Self);
                break;
            case Terminated:
                // As Akka.IO does: a port without a handler must not look open.
                _log.Error("{Listener} stops listening: the actor that serves its connections has stopped", Self.Path.Name);
                Context.Stop(Self);
                break;
            case AcceptFailed { Error: var error }:
                Warn(error);
                if (error == SocketError.TooManyOpenSockets)
                {
                    _handler.Tell(OutOfDescriptors.Instance);
                }

                Timers.StartSingleTimer(nameof(ResumeAccepting), ResumeAccepting.Instance, AcceptRetryDelay);
                break;
            case ResumeAccepting: _acceptor.Accept(); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>Logs at most once a minute: a lack of descriptors may last.</summary>
    private void Warn(SocketError error)
    {
        if (_throttle.TryPass(out _))
        {
            _log.Warning("{LocalEndPoint} cannot accept for now: {Reason}; it tries again every {Rest}", _local, error, AcceptRetryDelay);
        }
    }

    private void Close()
    {
        _acceptor.Dispose();
        _socket.Dispose();
        _sockets.AbortAllOf(Self.Path);
    }

    private sealed record ResumeAccepting : INoSerializationVerificationNeeded
    {
        private ResumeAccepting()
        {
        }

        public static ResumeAccepting Instance { get; } = new();
    }
}
