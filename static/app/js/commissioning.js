// The page that follows a form has the form's address; read again, it is the station's own page.
const page = document.querySelector("[data-page-url]");

if (page) history.replaceState(null, "", page.dataset.pageUrl);
