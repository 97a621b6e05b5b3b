using System.Runtime.InteropServices;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WsActors.Hosting;

namespace WsActors.Server;

/// <summary>
/// The program's signal handlers. The host stops the program on SIGTERM, SIGQUIT and SIGINT. Here SIGHUP stops it as SIGTERM does; the
/// first Ctrl-C (SIGINT) shortens the drain, and the second one ends the process. Created before the host starts, so that a hanging start
/// can be ended.
/// </summary>
internal sealed class Signals : IDisposable
{
    /// <summary>The exit code of a process that SIGINT ended, as shells report it: 128 plus the signal's number.</summary>
    private const int Interrupted = 130;

    private readonly IHost _host;

    private readonly IHostApplicationLifetime _lifetime;

    private readonly PosixSignalRegistration _interrupt;

    private readonly PosixSignalRegistration _hangUp;

    private int _interrupts;

    public Signals(IHost host)
    {
        _host = host;
        _lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, HangUp);
    }

    public void Dispose()
    {
        _interrupt.Dispose();
        _hangUp.Dispose();
    }

    // Ctrl-C comes from a terminal, so there is no load balancer: connections are closed at once. The host's shutdown joins this drain, or
    // starts it.
    private void Interrupt(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (Interlocked.Increment(ref _interrupts) > 1)
        {
            Console.Error.WriteLine("Second Ctrl-C: the server ends at once and resets its connections.");
            Environment.Exit(Interrupted);
        }

        _lifetime.StopApplication();
        if (_lifetime.ApplicationStarted.IsCancellationRequested)
        {
            _host.Services.GetRequiredService<ActorRegistry>().Get<WebSocketManagerKey>()
                .Tell(new Ws.Drain { Lead = TimeSpan.Zero, Spread = TimeSpan.Zero }, ActorRefs.NoSender);
        }
    }

    private void HangUp(PosixSignalContext signal)
    {
        signal.Cancel = true;
        _lifetime.StopApplication();
    }
}
