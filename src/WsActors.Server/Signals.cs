using System.Runtime.InteropServices;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WsActors.Hosting;

namespace WsActors.Server;

/// <summary>
/// What the program does with signals beside the host, which stops it on SIGTERM, SIGQUIT and SIGINT. SIGHUP stops it as SIGTERM does. The
/// first Ctrl-C (SIGINT) hurries the drain, the second one ends the process. Made before the host starts, so that a start that hangs can be
/// ended, too.
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

    // The program runs at a terminal, without a balancer in front: connections are closed at once. The host's shutdown joins this drain, or
    // begins it.
    private void Interrupt(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (Interlocked.Increment(ref _interrupts) > 1)
        {
            Console.Error.WriteLine("Ctrl-C again: the server ends at once, and resets its connections.");
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
