import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import javax.servlet.DispatcherType;
import javax.servlet.Filter;
import javax.servlet.FilterChain;
import javax.servlet.FilterConfig;
import javax.servlet.ServletException;
import javax.servlet.ServletRequest;
import javax.servlet.ServletResponse;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.servlet.FilterHolder;
import org.eclipse.jetty.servlet.ServletContextHandler;
import org.eclipse.jetty.servlet.ServletHolder;
import org.h2.jdbcx.JdbcDataSource;
import org.springframework.beans.MutablePropertyValues;
import org.springframework.http.converter.json.MappingJackson2HttpMessageConverter;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.context.support.StaticWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * The page's controller in a server: Spring MVC without Boot, as Debian has no
 * Boot. On another port, how many grants there are, for the test.
 */
public class Main {
    public static void main(String[] args) throws Exception {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:mem:answers;DB_CLOSE_DELAY=-1");
        JdbcTemplate db = new JdbcTemplate(source);
        for (String statement : Files.readString(Path.of(System.getenv("SCHEMA"))).split(";\\s*")) {
            db.execute(statement);
        }
        TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(source));
        serveGrants(db);
        serve(new SubscribeController(db, transaction));
    }

    private static int port(String variable) {
        return Integer.parseInt(System.getenv(variable));
    }

    private static void serveGrants(JdbcTemplate db) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port("GRANTS_PORT")), 0);
        server.createContext("/", exchange -> {
            byte[] count = db.queryForObject("SELECT count(*) FROM subscribe_grant", String.class)
                    .getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, count.length);
            exchange.getResponseBody().write(count);
            exchange.close();
        });
        server.start();
    }

    private static void serve(Object controller) throws Exception {
        StaticWebApplicationContext context = new StaticWebApplicationContext();
        context.getBeanFactory().registerSingleton("controller", controller);
        context.registerSingleton("mapping", RequestMappingHandlerMapping.class);
        MutablePropertyValues json = new MutablePropertyValues();
        json.add("messageConverters", List.of(new MappingJackson2HttpMessageConverter()));
        context.registerSingleton("adapter", RequestMappingHandlerAdapter.class, json);

        ServletContextHandler handler = new ServletContextHandler();
        handler.addServlet(new ServletHolder(new DispatcherServlet(context)), "/");
        handler.addFilter(new FilterHolder(new SignIn()), "/*", EnumSet.of(DispatcherType.REQUEST));
        Server server = new Server(new InetSocketAddress("127.0.0.1", port("PORT")));
        server.setHandler(handler);
        server.start();
        server.join();
    }

    /** The sign-in of the test: the header is the user. */
    private static class SignIn implements Filter {
        @Override
        public void init(FilterConfig config) {}

        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            String user = ((HttpServletRequest) request).getHeader("Authorization");
            if (user == null || user.isEmpty()) {
                ((HttpServletResponse) response).setContentType("application/json");
                ((HttpServletResponse) response).setStatus(401);
                response.getWriter().write("{}");
                return;
            }
            request.setAttribute("openId", user);
            chain.doFilter(request, response);
        }

        @Override
        public void destroy() {}
    }
}
