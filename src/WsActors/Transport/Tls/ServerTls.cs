using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Akka.Configuration;
using Akka.Event;
using WsActors.Runtime;

namespace WsActors.Transport.Tls;

/// <summary>
/// The TLS of an endpoint at <c>wss://</c>: its certificates, and those of its clients. One per endpoint; any thread, except
/// <see cref="RefreshIfDue"/>, which only the manager calls.
/// </summary>
internal sealed class ServerTls : StartTls
{
    private const string Section = "ws-actors.tls";

    private readonly TlsOptions _options;

    private readonly ILoggingAdapter _log;

    /// <summary>The certificates in order: the first is for clients that request none of the names.</summary>
    private readonly ReloadableFiles<SslStreamCertificateContext>[] _certificates;

    /// <summary>The authorities of client certificates; null if clients are not asked for one.</summary>
    private readonly ReloadableFiles<X509Certificate2Collection>? _clientCa;

    private TimeSpan _nextRefresh;

    private Task _refresh = Task.CompletedTask;

    /// <exception cref="ConfigurationException">A file cannot be read; the sentence names the key and the value.</exception>
    public ServerTls(TlsOptions options, Clock clock, ILoggingAdapter log)
    {
        (_options, _log) = (options, log);
        _certificates = [.. options.All.Select((one, i) => new ReloadableFiles<SslStreamCertificateContext>(
            CertificateFile.FilesOf(one), () => CertificateFile.Load(one, i == 0 ? Section : $"{Section}.others[{i - 1}]")))];
        if (_certificates.Length == 0)
        {
            throw new ConfigurationException(
                $"{Section}.certificate is empty, and wss:// needs one: name its PEM or PFX file, or listen on ws://.");
        }

        if (options.ClientCertificates != ClientCertificateMode.None)
        {
            var ca = options.ClientCa ?? throw new ConfigurationException(
                $"{Section}.client-ca is empty, and client-certificates needs it: name the PEM file of those who may sign them.");
            _clientCa = new ReloadableFiles<X509Certificate2Collection>(
                [ca], () => CertificateFile.LoadAuthorities(ca, $"{Section}.client-ca"));
        }

        Array.ForEach(_certificates, certificate => WarnOfDates(certificate.Value, clock.Date));
        _nextRefresh = clock.Now + (options.ReloadInterval ?? TimeSpan.Zero);
    }

    /// <summary>Reloads changed files on the thread pool, once per reload interval.</summary>
    public void RefreshIfDue(Clock clock)
    {
        if (_options.ReloadInterval is { } interval && clock.Now >= _nextRefresh && _refresh.IsCompleted)
        {
            _nextRefresh = clock.Now + interval;
            _refresh = Task.Run(() => Refresh(clock.Date));
        }
    }

    public override async Task<TlsStarted> AuthenticateAsync(SslStream stream)
    {
        var client = new ClientCertificateCheck(_options.ClientCertificates);
        try
        {
            await stream.AuthenticateAsServerAsync(
                (_, hello, _, _) => ValueTask.FromResult(OptionsFor(hello, client)), null).ConfigureAwait(false);
        }
        catch (AuthenticationException e)
        {
            throw new TlsException(client.Fault ?? $"TLS could not be agreed on: {e.GetBaseException().Message}", isFinal: true, e);
        }
        catch (NotSupportedException e)
        {
            // SslStream reports a record before any hello as a lack of a certificate.
            throw new TlsException("TLS could not be agreed on: the first bytes were not a handshake.", isFinal: true, e);
        }

        return new TlsStarted { Client = stream.RemoteCertificate is { } shown ? new ClientCertificate(shown.GetRawCertData()) : null };
    }

    private SslServerAuthenticationOptions OptionsFor(SslClientHelloInfo hello, ClientCertificateCheck client) => new()
    {
        ServerCertificateContext = CertificateFor(hello.ServerName),
        EnabledSslProtocols = TlsProtocols.From(_options.MinVersion),
        AllowRenegotiation = false,
        ClientCertificateRequired = _clientCa is not null,
        CertificateChainPolicy = _clientCa is null ? null : CertificateTrust.Only(_clientCa.Value, CertificateTrust.ForClients),
        RemoteCertificateValidationCallback =
            _clientCa is null ? null : (_, certificate, chain, errors) => client.IsGood(certificate, chain, errors),

        // A resumed TLS session carries no certificate to check.
        AllowTlsResume = _clientCa is null,
    };

    private SslStreamCertificateContext CertificateFor(string name)
    {
        var hasName = _certificates.Length > 1 && Uri.CheckHostName(name) == UriHostNameType.Dns;
        var fitting = hasName ? Array.Find(_certificates, one => one.Value.TargetCertificate.MatchesHostname(name)) : null;
        return (fitting ?? _certificates[0]).Value;
    }

    private void Refresh(DateTimeOffset now)
    {
        foreach (var certificate in _certificates)
        {
            Refresh(certificate, () => WarnOfDates(certificate.Value, now));
        }

        if (_clientCa is not null)
        {
            Refresh(_clientCa, static () => { });
        }
    }

    private void Refresh<T>(ReloadableFiles<T> files, Action then)
        where T : class
    {
        try
        {
            if (files.Refresh())
            {
                _log.Info("{Files} changed, and holds for handshakes from now on", string.Join(", ", files.Files));
                then();
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _log.Warning("A file of TLS changed, and what was read before stays: {Reason}", e.Message);
        }
    }

    private void WarnOfDates(SslStreamCertificateContext context, DateTimeOffset now)
    {
        var certificate = context.TargetCertificate;
        if (now < certificate.NotBefore || now > certificate.NotAfter)
        {
            _log.Warning(
                "The certificate of {Subject} is valid from {NotBefore:O} to {NotAfter:O}, which is not now: clients will refuse it",
                certificate.Subject,
                certificate.NotBefore.ToUniversalTime(),
                certificate.NotAfter.ToUniversalTime());
        }
    }

    /// <summary>The check of one client's certificate.</summary>
    private sealed class ClientCertificateCheck(ClientCertificateMode mode)
    {
        /// <summary>The error of the certificate; null for none.</summary>
        public string? Fault { get; private set; }

        public bool IsGood(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
        {
            Fault = certificate switch
            {
                null when mode == ClientCertificateMode.Require => "The client showed no certificate.",
                null => null,
                _ when errors == SslPolicyErrors.None => null,
                _ => $"The client's certificate is not good: {CertificateTrust.ErrorsOf(chain)}.",
            };
            return Fault is null;
        }
    }
}
