/* The readiness page's own script. Text from plans comes from the data block and is only ever set as textContent. */
(function () {
  "use strict";

  var data = JSON.parse(document.getElementById("opcheck-data").textContent);
  var figure = document.getElementById("readiness-map");
  var container = document.getElementById(data.map.element);
  var styles = data.map.styles;
  var faults = {};
  var marks = [];
  var map = null;
  var chosen = null;
  var current = null;

  var SHOWN = 19;
  var BESIDE = 4;
  var POINT = { error: 7, warning: 6, notice: 5 };

  data.map.faults.forEach(function (fault) { faults[fault.number] = fault; });

  function element(name, text, className) {
    var made = document.createElement(name);
    if (text !== undefined && text !== null) { made.textContent = text; }
    if (className) { made.className = className; }
    return made;
  }

  function popup(fault) {
    var box = element("div", null, "popup");
    box.appendChild(element("p", fault.number + ". " + fault.title, "popup-name"));
    box.appendChild(element("p", fault.text));
    var link = element("a", data.words.row);
    link.setAttribute("href", "#fault-" + fault.number);
    link.addEventListener("click", function () {
      var row = document.getElementById("fault-" + fault.number);
      if (row) { row.focus(); }
    });
    box.appendChild(link);
    return box;
  }

  /* One mark is a tab stop; arrow keys go from mark to mark. */
  function reach(fault, focus) {
    marks.forEach(function (one) {
      var path = one.mark.getElement();
      if (path) { path.setAttribute("tabindex", one === fault ? "0" : "-1"); }
    });
    if (focus && fault.mark.getElement()) { fault.mark.getElement().focus({ preventScroll: true }); }
  }

  function step(fault, by) {
    var next = marks[(marks.indexOf(fault) + by + marks.length) % marks.length];
    map.panInside(next.mark.getLatLng(), { padding: [30, 30], animate: false });
    reach(next, true);
  }

  function dress(fault) {
    var path = fault.mark.getElement();
    if (!path) { return; }
    path.setAttribute("role", "button");
    path.setAttribute("aria-label", fault.number + ". " + fault.title + ". " + fault.text);
    path.setAttribute("tabindex", "-1");
    path.addEventListener("keydown", function (event) {
      var by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (by) { event.preventDefault(); event.stopPropagation(); step(fault, by); }
      if (event.key !== "Enter" && event.key !== " ") { return; }
      event.preventDefault();
      choose(fault);
      fault.mark.openPopup();
      /* A mark that is brought to the front is moved in the page, and loses the focus. */
      reach(fault, true);
    });
  }

  function row(number) { return document.getElementById("fault-" + number); }

  /* The row and the place on the map are marked together. */
  function choose(fault) {
    if (current && row(current.number)) {
      row(current.number).classList.remove("is-current");
      row(current.number).removeAttribute("aria-current");
    }
    current = fault;
    chosen.clearLayers();
    /* Of a gap beside thirty zones, the gap is enough. */
    (fault.shape && fault.zones.length > BESIDE ? [] : fault.zones).forEach(function (zone) {
      L.geoJSON(data.map.zones[zone], { interactive: false, style: { color: "#005a8c", weight: 3, fill: true, fillColor: "#005a8c", fillOpacity: 0.12 } }).addTo(chosen);
    });
    if (fault.shape && fault.shape.type.indexOf("Point") < 0) {
      L.geoJSON(fault.shape, { interactive: false, style: { color: "#000000", weight: 4, fill: false } }).addTo(chosen);
    }
    marks.forEach(function (one) { one.mark.bringToFront(); });
    if (fault.mark) { fault.mark.bringToFront(); reach(fault, false); }
    if (row(fault.number)) {
      row(fault.number).classList.add("is-current");
      row(fault.number).setAttribute("aria-current", "true");
    }
  }

  function bounds(fault) {
    if (fault.around) { return L.latLngBounds(fault.around); }
    return L.latLngBounds(data.map.corners);
  }

  /* From a row: the map goes to the place, and the focus to its mark. */
  function show(number) {
    var fault = faults[number];
    if (!fault || !open()) { return; }
    choose(fault);
    map.fitBounds(bounds(fault).pad(0.3), { animate: false, maxZoom: SHOWN });
    figure.scrollIntoView({ block: "start" });
    if (fault.mark) { fault.mark.openPopup(); reach(fault, true); return; }
    map.closePopup();
    container.focus({ preventScroll: true });
  }

  function shapeStyle(fault) {
    var line = fault.shape.type.indexOf("Line") >= 0;
    return line ? Object.assign({}, styles[fault.level], { fill: false }) : styles[fault.level];
  }

  function draw() {
    L.geoJSON({ type: "GeometryCollection", geometries: data.map.zones }, { interactive: false, style: styles.zone }).addTo(map);
    L.geoJSON({ type: "GeometryCollection", geometries: data.map.border }, { interactive: false, style: styles.border }).addTo(map);
    chosen = L.layerGroup().addTo(map);
    /* The most serious come first in the list, and are drawn last. */
    data.map.faults.slice().reverse().forEach(function (fault) {
      if (!fault.at) { return; }
      if (fault.shape && fault.shape.type.indexOf("Point") < 0) {
        L.geoJSON(fault.shape, { style: shapeStyle(fault) }).addTo(map).eachLayer(function (layer) {
          layer.on("click", function () { choose(fault); fault.mark.openPopup(); });
          if (layer.getElement()) { layer.getElement().setAttribute("aria-hidden", "true"); }
        });
      }
      fault.mark = L.circleMarker(fault.at, Object.assign({}, data.map.points[fault.level], { radius: POINT[fault.level] }));
      fault.mark.bindPopup(function () { return popup(fault); }, { maxWidth: 300 });
      fault.mark.on("click", function () { choose(fault); });
      fault.mark.addTo(map);
      marks.unshift(fault);
    });
    marks.forEach(dress);
    if (marks.length) { reach(marks[0], false); marks.slice().reverse().forEach(function (one) { one.mark.bringToFront(); }); }
  }

  function live(on) {
    figure.classList.toggle("is-live", on);
    figure.querySelector(".map-switch").textContent = on ? data.words.show_still : data.words.show_live;
  }

  function control(className, word) {
    var found = map.getContainer().querySelector(className);
    if (found) { found.setAttribute("title", word); found.setAttribute("aria-label", word); }
  }

  function make() {
    container.style.aspectRatio = String(data.map.ratio);
    container.style.width = "min(100%, " + (36 * data.map.ratio) + "rem)";
    map = L.map(container, { zoomControl: false, attributionControl: false, scrollWheelZoom: false, zoomSnap: 0.25, minZoom: 3, maxZoom: 24 });
    map.fitBounds(data.map.corners, { animate: false });
    L.control.zoom({ position: "topright", zoomInTitle: data.words.zoom_in, zoomOutTitle: data.words.zoom_out }).addTo(map);
    L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
    draw();
    map.on("focus", function () { map.scrollWheelZoom.enable(); });
    map.on("blur", function () { map.scrollWheelZoom.disable(); });
    map.on("popupopen", function () { control(".leaflet-popup-close-button", data.words.close_popup); });
    container.addEventListener("keydown", function (event) {
      if (event.key !== "Escape") { return; }
      map.closePopup();
      if (current && current.mark) { reach(current, true); }
    });
    figure.opcheckMap = map;
  }

  /* A map that cannot be made leaves the drawn one in place: nothing on the page depends on it. */
  function open() {
    live(true);
    if (map) { map.invalidateSize(); return true; }
    try { make(); return true; } catch (error) { map = null; live(false); return false; }
  }

  var button = figure.querySelector(".map-switch");
  button.hidden = false;
  button.addEventListener("click", function () {
    if (figure.classList.contains("is-live")) { live(false); } else { open(); }
  });
  document.querySelectorAll("button[data-fault]").forEach(function (one) {
    one.hidden = false;
    one.addEventListener("click", function () { show(one.getAttribute("data-fault")); });
  });
  if ("IntersectionObserver" in window) {
    var seen = new IntersectionObserver(function (entries) {
      if (!entries.some(function (entry) { return entry.isIntersecting; })) { return; }
      seen.disconnect();
      if (!map) { open(); }
    }, { rootMargin: "200px" });
    seen.observe(figure);
  }
})();
